/* tests/model/spin/command.pml - the path of a command, with everything that may break on it.
 *
 * A client sends two commands about one aggregate, again and again until each has a final answer. The gateway
 * gives what comes to either of two workers; it may lose and double what passes. A worker runs what it is given in one
 * transaction, under the lock of the journal's head: look the id up, decide, write state, event and answer, commit,
 * reply. Workers, connections and the server break at any step. Whoever loses the connection in COMMIT does not know
 * whether it happened: the server still holds the lock until it does, so the same request runs again and looks itself
 * up. With BATCH a worker takes up to two requests at a time.
 *
 * The inbox has no unique key here: the lock alone must be enough. The second command is refused when it comes
 * first, so that answers depend on the order, and a refusal must stay one.
 *
 * Seeded mistakes, by -D: DEDUP_OUTSIDE (the answer is marked in a transaction of its own), ACK_BEFORE_COMMIT,
 * LOOK_BEFORE_LOCK (the inbox is asked before the lock is there), ASYNC_COMMIT (the server may forget its last
 * transaction when it stops).
 *
 * Whether anything wrong can happen is asked of a world in which everything breaks as often as it likes, and the client
 * has no patience at all. With CALM, for the promise that all is answered at last, things break a few times only, and
 * the client's patience is longer than anything under way.
 */
#ifdef CALM
byte losses = 1, doubles = 1, kills = 1, breaks = 1, stops = 1;
#define MAY(what) (what > 0)
#define SPEND(what) what--
#else
#define MAY(what) true
#define SPEND(what) skip
#endif

#define COMMANDS 2
#define WORKERS 2
#define NOBODY COMMANDS
#define FREE WORKERS

/* Answers; above ACCEPTED: by how much, the version that the command made. */
#define NONE 0
#define REFUSED 1
#define ACCEPTED 2

/* What became of a COMMIT, as the server tells it. */
#define DONE 1
#define UNDONE 2

/* ------------------------------------------------------------------ what the server remembers */

byte version;           /* of the aggregate: how many events it has */
byte stored[COMMANDS];  /* the inbox: final answers */
byte effects[COMMANDS]; /* how often it was carried out: for the checks alone */
byte head = FREE;       /* whose session holds the lock */

/* A COMMIT that the server has got: it will be done, or it will not. */
bool committing[WORKERS];
byte outcome[WORKERS];
byte new_version[WORKERS];
byte new_first[WORKERS], new_second[WORKERS];
byte new_first_answer[WORKERS], new_second_answer[WORKERS];

/* ------------------------------------------------------------------ what the client remembers */

byte answer[COMMANDS];
#ifdef CALM
byte under_way[COMMANDS];
#define SENT(id) under_way[id]++
#define GONE(id) under_way[id]--
#define MAY_SEND(id) (answer[id] == NONE && under_way[id] == 0)
#else
#define SENT(id) skip
#define GONE(id) skip
#define MAY_SEND(id) (answer[id] == NONE)
#endif

chan ask = [1] of { byte };
chan work[WORKERS] = [1] of { byte };
chan reply = [0] of { byte, byte };
chan tell = [1] of { byte, byte };

/* ------------------------------------------------------------------ client and gateway */

inline take_answer(id, a)
{
    assert(stored[id] == a); /* no acked command is lost */
    assert(answer[id] == NONE || answer[id] == a); /* one answer, for ever */
    answer[id] = a
}

active proctype Client()
{
    byte id, a;

end:
    do
    :: atomic { MAY_SEND(0) && nfull(ask) -> ask ! 0; SENT(0) }
    :: atomic { MAY_SEND(1) && nfull(ask) -> ask ! 1; SENT(1) }
    :: atomic { tell ? id, a -> take_answer(id, a); GONE(id); id = 0; a = 0 }
    od
}

active proctype Gateway()
{
    byte id, a;

end:
    do
    :: atomic {
        ask ? id ->
        if
        :: nfull(work[0]) -> work[0] ! id
        :: nfull(work[1]) -> work[1] ! id
        :: MAY(doubles) && nfull(work[0]) && nfull(work[1]) ->
            SPEND(doubles);
            SENT(id);
            work[0] ! id;
            work[1] ! id
        :: MAY(losses) -> SPEND(losses); GONE(id)
        :: full(work[0]) && full(work[1]) -> GONE(id) /* refused: send it again */
        fi;
        id = 0
    }
    :: atomic {
        reply ? id, a ->
        if
        :: nfull(tell) -> tell ! id, a
        :: MAY(losses) -> SPEND(losses); GONE(id)
        fi;
        id = 0;
        a = 0
    }
    od
}

/* ------------------------------------------------------------------ the server */

inline put(id, a)
{
    if
    :: id != NOBODY && stored[id] == NONE ->
#ifndef DEDUP_OUTSIDE
        stored[id] = a;
#endif
        if
        :: a > ACCEPTED -> effects[id]++
        :: else
        fi
    :: id != NOBODY && stored[id] != NONE && stored[id] != a -> /* without a key nobody stops it */
        stored[id] = a;
        effects[id] = effects[id] + (a > ACCEPTED)
    :: else
    fi
}

#ifdef ASYNC_COMMIT
byte old_version, old_stored[COMMANDS], old_effects[COMMANDS];

inline keep_old()
{
    old_version = version;
    old_stored[0] = stored[0];
    old_stored[1] = stored[1];
    old_effects[0] = effects[0];
    old_effects[1] = effects[1]
}

inline forget_last()
{
    version = old_version;
    stored[0] = old_stored[0];
    stored[1] = old_stored[1];
    effects[0] = old_effects[0];
    effects[1] = old_effects[1];
    assert(answer[0] == NONE || stored[0] == answer[0]);
    assert(answer[1] == NONE || stored[1] == answer[1])
}
#else
#define keep_old() skip
#define forget_last() skip
#endif

/* What was decided becomes true, all at once. */
inline apply(w)
{
    keep_old();
    outcome[w] = DONE;
    version = new_version[w];
    put(new_first[w], new_first_answer[w]);
    put(new_second[w], new_second_answer[w]);
    assert(effects[0] <= 1 && effects[1] <= 1); /* at most one effect */
    assert(effects[0] + effects[1] == version)  /* and none is overwritten */
}

inline release(w)
{
    committing[w] = false;
    new_version[w] = 0;
    new_first[w] = 0;
    new_second[w] = 0;
    new_first_answer[w] = 0;
    new_second_answer[w] = 0;
    if
    :: head == w -> head = FREE
    :: else
    fi
}

inline undo(w)
{
    if
    :: committing[w] -> outcome[w] = UNDONE
    :: else
    fi;
    release(w)
}

active proctype Server()
{
end:
    do
    :: d_step { committing[0] -> apply(0); release(0) }
    :: d_step { committing[1] -> apply(1); release(1) }
    /* It stops: whatever was not committed never was. */
    :: d_step { MAY(stops) && head != FREE -> SPEND(stops); undo(0); undo(1); head = FREE; forget_last() }
    od
}

/* ------------------------------------------------------------------ a worker */

inline look_up()
{
    first_answer = stored[first];
    if
    :: second != NOBODY -> second_answer = stored[second]
    :: else -> second_answer = NONE
    fi
}

inline decide(id, a)
{
    if
    :: id == NOBODY || a != NONE -> skip /* answered before */
    :: else ->
        if
        :: id == 1 && seen == 0 -> a = REFUSED
        :: else -> seen++; a = ACCEPTED + seen
        fi
    fi
}

inline decide_all()
{
    seen = version;
    decide(first, first_answer);
    if
    :: second == first -> second_answer = first_answer /* the same request twice in a batch is one */
    :: else -> decide(second, second_answer)
    fi
}

/* Its memory and all that waits for it are gone; a COMMIT that is under way is not. */
inline forget()
{
    if
    :: head == me && !committing[me] -> head = FREE
    :: else
    fi;
    do
    :: nempty(work[me]) -> work[me] ? id; GONE(id)
    :: empty(work[me]) -> break
    od;
    if
    :: first != NOBODY -> GONE(first)
    :: else
    fi;
    if
    :: second != NOBODY -> GONE(second)
    :: else
    fi;
    id = 0;
    seen = 0;
    first_answer = 0;
    second_answer = 0;
    first = NOBODY;
    second = NOBODY
}

#define OR_DIE :: atomic { MAY(kills) -> SPEND(kills); forget(); goto idle }

proctype Worker(byte me)
{
    byte id, seen;
    byte first = NOBODY, second = NOBODY, first_answer, second_answer;

idle:
end:
    work[me] ? first;
#ifdef BATCH
    if
    :: work[me] ? second
    :: true
    fi;
#endif

again:
#ifdef LOOK_BEFORE_LOCK
    if
    :: d_step { true -> look_up() }
    OR_DIE
    fi;
#endif
    if
    :: atomic { head == FREE -> head = me; outcome[me] = NONE } /* waits */
    OR_DIE
    fi;

#ifdef LOOK_BEFORE_LOCK
#define LOOK_UP skip
#else
#define LOOK_UP look_up()
#endif
    if
    :: d_step { head == me -> LOOK_UP; decide_all() }
    :: atomic { head != me -> goto again } /* the server was gone for a moment */
    OR_DIE
    fi;

#ifdef ACK_BEFORE_COMMIT
    reply ! first, first_answer;
#endif
    if
    :: d_step { head == me ->
        committing[me] = true;
        new_version[me] = seen;
        new_first[me] = first;
        new_first_answer[me] = first_answer;
        new_second[me] = (first == second -> NOBODY : second);
        new_second_answer[me] = second_answer;
        seen = 0 }
    :: atomic { head != me -> goto again }
    OR_DIE
    fi;

    if
    :: atomic { outcome[me] == DONE -> outcome[me] = NONE }
    :: atomic { outcome[me] == UNDONE -> goto again }
    :: atomic { MAY(breaks) -> SPEND(breaks); goto again } /* nobody knows: it is looked up */
    :: atomic { MAY(breaks) && committing[me] -> SPEND(breaks); release(me); goto again } /* it never came */
    OR_DIE
    fi;

#ifdef DEDUP_OUTSIDE
    if
    :: d_step { true -> stored[first] = first_answer;
        if
        :: second != NOBODY -> stored[second] = second_answer
        :: else
        fi }
    OR_DIE
    fi;
#endif
#ifndef ACK_BEFORE_COMMIT
    if
    :: reply ! first, first_answer -> skip
    OR_DIE
    fi;
#endif
    first = NOBODY;
    if
    :: second != NOBODY ->
        if
        :: reply ! second, second_answer -> skip
        OR_DIE
        fi
    :: second == NOBODY
    fi;
    second = NOBODY;
    first_answer = 0;
    second_answer = 0;
    goto idle
}

init
{
    atomic { run Worker(0); run Worker(1) }
}

#ifdef CALM
ltl first_is_answered { [] (under_way[0] > 0 -> <> (answer[0] != NONE)) }
ltl second_is_answered { [] (under_way[1] > 0 -> <> (answer[1] != NONE)) }
#endif
