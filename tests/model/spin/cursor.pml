/* tests/model/spin/cursor.pml - the journal, and two replicas of a consumer that read it by position.
 *
 * Two writers append events; a position is drawn under the lock of the journal's head, inside the transaction. A
 * replica takes the cursor's row, or passes by when it is locked; reads what stands behind the cursor, up to the
 * head; and commits the effects and the moved cursor at once, under the head's lock too. Writers, replicas,
 * connections and the server break at any step; what was not committed is read again. Hints may be lost: a replica
 * also looks from time to time.
 *
 * Seeded mistakes, by -D: SERIAL (positions are drawn before the commit, without the lock), CURSOR_FIRST and
 * CURSOR_AFTER (the cursor moves in a transaction of its own), NO_CURSOR_LOCK, HINTS_ALONE (nobody looks unless told).
 *
 * Everything breaks as often as it likes; with CALM, for the promise that every event is heard at last, a few times.
 */
#ifdef CALM
byte kills = 1, breaks = 1, stops = 1;
#define MAY(what) (what > 0)
#define SPEND(what) what--
#else
#define MAY(what) true
#define SPEND(what) skip
#endif
#ifndef EACH
#define EACH 2 /* events of a writer */
#endif
#ifndef STRIDE
#define STRIDE 2 /* positions that one turn may pass */
#endif

#define WRITERS 2
#define REPLICAS 2
#define EVENTS (WRITERS * EACH)
#define POSITIONS 11 /* more than can be drawn, failed ones included; 0 is none */
#define FREE (WRITERS + REPLICAS)

/* ------------------------------------------------------------------ what the server remembers */

bool visible[POSITIONS]; /* the event at a position is committed */
byte head_position;
byte head = FREE; /* whose session holds the lock of the head, */
byte cursor;
byte cursor_lock = FREE; /* and of the cursor's row */
#ifdef SERIAL
byte serial;
#endif

/* A replica's COMMIT that the server has got. */
bool committing[REPLICAS];
byte new_cursor[REPLICAS];
bool tells[REPLICAS * POSITIONS]; /* the events that it has read */

/* For the checks alone. */
byte effects[POSITIONS];
byte heard; /* the last event that had its effect */
byte written;

chan hint = [1] of { bit };

/* ------------------------------------------------------------------ what must be true after every commit */

inline check()
{
    byte p;

    p = 1;
    do
    :: p < POSITIONS ->
        assert(effects[p] <= 1); /* an effect once */
        assert(p > cursor || !visible[p] || effects[p] == 1); /* nothing is passed over */
#ifndef SERIAL
        assert(visible[p] == (p <= head_position)); /* no gaps */
#endif
        p++
    :: else -> break
    od;
    p = 0
}

/* The effects of what was read become true. */
inline take_effect(r)
{
    byte n;

    n = 1;
    do
    :: n < POSITIONS ->
        if
        :: tells[r * POSITIONS + n] ->
            assert(n > heard); /* in order */
            heard = n;
            effects[n]++
        :: else
        fi;
        n++
    :: else -> break
    od;
    n = 0
}

inline move_cursor(r)
{
    if
    :: new_cursor[r] > cursor -> cursor = new_cursor[r]
    :: else
    fi
}

/* ------------------------------------------------------------------ the server */

inline release(r)
{
    committing[r] = false;
    if
    :: head == WRITERS + r -> head = FREE
    :: else
    fi;
    if
    :: cursor_lock == r -> cursor_lock = FREE
    :: else
    fi
}

inline apply(r)
{
#ifndef CURSOR_FIRST
#ifndef CURSOR_AFTER
    move_cursor(r);
#endif
#endif
    take_effect(r);
    release(r);
    check()
}

active proctype Server()
{
end:
    do
    :: d_step { committing[0] -> apply(0) }
    :: d_step { committing[1] -> apply(1) }
    :: d_step { MAY(stops) && (head != FREE || cursor_lock != FREE) ->
        SPEND(stops);
        committing[0] = false;
        committing[1] = false;
        head = FREE;
        cursor_lock = FREE }
    od
}

/* ------------------------------------------------------------------ writers */

inline appear(p)
{
    visible[p] = true;
    written++;
    if
    :: p > head_position -> head_position = p
    :: else
    fi;
    if
    :: nfull(hint) -> hint ! 1
    :: true /* it is lost */
    fi
}

proctype Writer(byte me)
{
    byte mine, done;

again:
    if
    :: done == EACH -> goto end
    :: else
    fi;
#ifdef SERIAL
    d_step { serial++; mine = serial };
    if
    :: atomic { mine < POSITIONS -> appear(mine); mine = 0; d_step { check() } }
    :: atomic { MAY(kills) -> SPEND(kills); mine = 0; goto again } /* rolled back: nobody gets that one */
    fi;
#else
    atomic { head == FREE -> head = me }; /* waits */
    if
    :: d_step { head == me -> mine = head_position + 1 }
    :: atomic { head != me -> goto again } /* the server was gone for a moment */
    :: atomic { MAY(kills) && head == me -> SPEND(kills); head = FREE; goto again }
    fi;
    if
    :: atomic { head == me -> appear(mine); mine = 0; head = FREE; d_step { check() } }
    :: atomic { head != me -> mine = 0; goto again }
    :: atomic { MAY(kills) && head == me -> SPEND(kills); mine = 0; head = FREE; goto again }
    fi;
#endif
    done++;
    goto again;
end:
    skip
}

/* ------------------------------------------------------------------ replicas */

inline give_up()
{
    if
    :: !committing[me] -> release(me)
    :: else /* the server finishes what it has got */
    fi;
    to = 0
}

inline read_events()
{
    byte k;

    to = (cursor + STRIDE < head_position -> cursor + STRIDE : head_position);
    k = 1;
    do
    :: k < POSITIONS -> tells[me * POSITIONS + k] = (k > cursor && k <= to && visible[k]); k++
    :: else -> break
    od;
    k = 0
}

#define OR_DIE :: atomic { MAY(kills) -> SPEND(kills); give_up(); goto idle }
#ifdef NO_CURSOR_LOCK
#define IS_MINE true
#else
#define IS_MINE (cursor_lock == me)
#endif

proctype Replica(byte me)
{
    byte to;

idle:
end:
    if
    :: hint ? _
#ifndef HINTS_ALONE
    :: true /* now and then */
#endif
    fi;
    if
#ifdef NO_CURSOR_LOCK
    :: true
#else
    :: atomic { cursor_lock == FREE && !committing[me] -> cursor_lock = me }
    :: atomic { cursor_lock != FREE || committing[me] -> goto idle } /* another replica has it */
#endif
    fi;
    if
    :: d_step { IS_MINE -> read_events() }
    :: atomic { !IS_MINE -> goto idle }
    OR_DIE
    fi;
    if
    :: atomic { to <= cursor -> give_up(); goto idle } /* nothing new: rolled back */
    :: to > cursor
    fi;
#ifdef CURSOR_FIRST
    if
    :: d_step { IS_MINE -> if :: to > cursor -> cursor = to :: else fi; check() }
    :: atomic { !IS_MINE -> to = 0; goto idle }
    OR_DIE
    fi;
#endif
    if
    :: atomic { IS_MINE && head == FREE -> head = WRITERS + me } /* waits */
    :: atomic { !IS_MINE -> to = 0; goto idle }
    OR_DIE
    fi;
    if
    :: atomic { IS_MINE && head == WRITERS + me -> new_cursor[me] = to; committing[me] = true }
    :: atomic { !IS_MINE || head != WRITERS + me -> give_up(); goto idle }
    OR_DIE
    fi;
    if
    :: !committing[me]
    :: atomic { MAY(breaks) -> SPEND(breaks); to = 0; goto idle } /* nobody knows: the cursor tells */
    :: atomic { MAY(breaks) && committing[me] -> SPEND(breaks); release(me); to = 0; goto idle }
    OR_DIE
    fi;
#ifdef CURSOR_AFTER
    if
    :: d_step { true -> if :: to > cursor -> cursor = to :: else fi }
    OR_DIE
    fi;
#endif
    to = 0;
    goto idle
}

init
{
    atomic { run Writer(0); run Writer(1); run Replica(0); run Replica(1) }
}

#ifdef CALM
ltl every_event_is_heard { <> (heard == EVENTS) }
#endif
