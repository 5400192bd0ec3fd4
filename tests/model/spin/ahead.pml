/* tests/model/spin/ahead.pml - batches that are decided on what is known, and sent one after the other.
 *
 * Two workers write in one programme. Each remembers the chain at which it left the journal's head, and decides on the
 * state as it was there, without asking: it sends a transaction that takes the head from that chain or fails, and,
 * before it knows what came of it, a second one that takes the head from where the first would leave it. The server
 * does what a session sent in its order; when the first fails, so does what follows. A connection may break at any time:
 * the server goes on with what it has got, or drops it. Whoever does not know looks his commands up, under the head's
 * lock, which is one step here: command.pml is about that path. Any command may come twice, to either worker.
 *
 * What is decided without asking does not know whether a command was answered before: only the inbox's key does.
 *
 * Seeded mistakes, by -D: NO_CHAIN (the head is taken wherever it is), NO_KEY (the inbox takes a command twice),
 * GOES_ON (what follows a transaction that failed is tried on the head as it is), ANSWER_AHEAD (the answer is given when
 * it was sent).
 */
#define COMMANDS 2 /* 1 and 2 */
#define WORKERS 2
#define NOBODY 0
#define MOST_CHAINS 5

#define NONE 0
#define DONE 1
#define UNDONE 2

/* ------------------------------------------------------------------ the server */

byte chain;             /* of the head: a number that no other history has */
byte version;           /* of the state: how many effects it has */
byte effects[COMMANDS + 1]; /* for the checks alone */
bool stored[COMMANDS + 1];
byte drawn;

/* What a session was sent, two at most, and what came of it. */
typedef Session {
    byte id[2], from[2], upto[2], decided_on[2], outcome[2]
};
Session session[WORKERS];

inline carry_out(id_, upto_)
{
    version++;
    effects[id_]++;
    stored[id_] = true;
    chain = upto_;
    assert(effects[id_] == 1) /* one command, one effect */
}

#ifdef NO_CHAIN
#define IS_THERE(s, n) true
#else
#define IS_THERE(s, n) (chain == s.from[n])
#endif
#ifdef NO_KEY
#define IS_NEW(s, n) true
#else
#define IS_NEW(s, n) (!stored[s.id[n]])
#endif

inline take(s, n)
{
    if
    :: IS_THERE(s, n) && IS_NEW(s, n) ->
        assert(version == s.decided_on[n]); /* it is decided on what is */
        carry_out(s.id[n], s.upto[n]);
        s.outcome[n] = DONE
    :: else -> s.outcome[n] = UNDONE
    fi
}

#ifdef GOES_ON
#define FAILS_WITH(s) false
#else
#define FAILS_WITH(s) (s.outcome[0] == UNDONE)
#endif

inline serve(s)
{
    if
    :: s.outcome[0] == NONE -> take(s, 0)
    :: s.outcome[0] != NONE && FAILS_WITH(s) -> s.outcome[1] = UNDONE
    :: s.outcome[0] != NONE && !FAILS_WITH(s) ->
#ifdef GOES_ON
        s.from[1] = chain;
#endif
        take(s, 1)
    fi
}

#define HAS_WORK(s) ((s.id[0] != NOBODY && s.outcome[0] == NONE) || (s.id[1] != NOBODY && s.outcome[1] == NONE))

active proctype Server()
{
end:
    do
    :: d_step { HAS_WORK(session[0]) -> serve(session[0]) }
    :: d_step { HAS_WORK(session[1]) -> serve(session[1]) }
    od
}

/* ------------------------------------------------------------------ a worker */

inline answer(id_)
{
    assert(stored[id_]) /* no answer to what is not stored */
}

/* Under the lock, by the path of command.pml; and from then on it knows where it stands. */
inline ask(id_)
{
    if
    :: !stored[id_] && drawn < MOST_CHAINS -> drawn++; carry_out(id_, drawn)
    :: stored[id_] || drawn == MOST_CHAINS -> skip
    fi;
    if
    :: stored[id_] -> answer(id_)
    :: else -> skip
    fi;
    known = chain;
    seen = version
}

inline send(n, id_, from_, on_)
{
    drawn++;
    session[me].id[n] = id_;
    session[me].from[n] = from_;
    session[me].decided_on[n] = on_;
    session[me].upto[n] = drawn;
    session[me].outcome[n] = NONE
}

inline forget_session()
{
    session[me].id[0] = NOBODY;
    session[me].id[1] = NOBODY;
    session[me].outcome[0] = NONE;
    session[me].outcome[1] = NONE;
    session[me].from[0] = 0;
    session[me].from[1] = 0;
    session[me].upto[0] = 0;
    session[me].upto[1] = 0;
    session[me].decided_on[0] = 0;
    session[me].decided_on[1] = 0
}

proctype Worker(byte me)
{
    byte known, seen, first, second;

idle:
end:
    /* Any two commands, also the same ones again. */
    atomic { drawn < MOST_CHAINS ->
        if
        :: first = 1
        :: first = 2
        fi;
        if
        :: second = 1
        :: second = 2
        :: second = NOBODY
        fi;
        send(0, first, known, seen) };
#ifdef ANSWER_AHEAD
    answer(first);
#endif
    if
    :: atomic { second != NOBODY && drawn < MOST_CHAINS ->
        send(1, second, session[me].upto[0], session[me].decided_on[0] + 1) }
    :: true -> second = NOBODY
    fi;

    if
    :: d_step { session[me].outcome[0] == DONE ->
        answer(first);
        known = session[me].upto[0];
        seen = session[me].decided_on[0] + 1 }
    :: atomic { session[me].outcome[0] == UNDONE && (second == NOBODY || session[me].outcome[1] != NONE) -> goto by_asking }
    :: goto lost
    fi;
    if
    :: second == NOBODY -> goto over
    :: d_step { second != NOBODY && session[me].outcome[1] == DONE ->
        answer(second);
        known = session[me].upto[1];
        seen = session[me].decided_on[1] + 1 };
        goto over
    :: atomic { second != NOBODY && session[me].outcome[1] == UNDONE -> goto by_asking }
    :: second != NOBODY -> goto lost
    fi;

lost:
    /* The server drops what is left, before or after the first; or it goes on with all of it, at any time. */
    if
    :: d_step { true -> session[me].id[1] = NOBODY }
    :: d_step { true -> session[me].id[0] = NOBODY; session[me].id[1] = NOBODY }
    :: true
    fi;
by_asking:
    skip;
    d_step { ask(first) };
    if
    :: d_step { second != NOBODY -> ask(second) }
    :: second == NOBODY
    fi;
over:
    /* A session that is left behind ends before its place is used again. */
    atomic { !HAS_WORK(session[me]) -> forget_session(); first = NOBODY; second = NOBODY };
    goto idle
}

init
{
    atomic { run Worker(0); run Worker(1) }
}
