/* tests/model/simulation/mistakes.h - mistakes that can be made on purpose, to see that they are found.
 *
 * Shapes     Most are rows of handlers that take the place of the product's own while the program runs: they show the
 *            core something else than what there is, or change what it says. A few stand in front of a function
 *            (--wrap), or are the database's. The product itself knows nothing of them.
 */
#ifndef SANGKIEN_TESTS_MODEL_MISTAKES_H
#define SANGKIEN_TESTS_MODEL_MISTAKES_H

#include "common/decide.h"

enum mistake {
    NO_MISTAKE,
    /* of the runtime */
    DEDUP_FORGOTTEN,   /* what was answered before a crash is forgotten */
    ACK_BEFORE_COMMIT, /* the reply goes out before COMMIT */
    CURSOR_BEFORE,     /* the cursor moves in a transaction of its own, before */
    CURSOR_AFTER,      /* the cursor moves in a transaction of its own, afterwards */
    TORN_COMMIT,       /* states are committed before events */
    POSITION_SKIPPED,  /* a position is left out */
    CHAIN_BROKEN,      /* a link does not follow from the one before */
    ROLES_NOT_ASKED,   /* whoever is known may do everything */
    REASON_LOST,       /* an event is written without its reason */
    FACT_LOST,         /* a row of a table is not written as it was decided */
    STALE_READ,        /* a row is read that has changed since */
    HEAD_NOT_ASKED,    /* whoever decides on what he knew writes wherever the head is now */
    ANSWER_FORGOTTEN,  /* some requests are never answered */
    OPERATOR_TRADES,   /* an operator may hold a business role */
    /* of the money */
    DIGEST_NOT_BOUND,       /* a sign-off counts for whatever text lies there now */
    ONE_PERSON_SIGNS_TWICE, /* the same person may sign for both parties, as of another agency */
    ONE_AGENCY_SIGNS_TWICE, /* the same agency may sign for both parties */
    DRAFTER_SIGNS,          /* who drafted a text may sign it */
    CEILING_NOT_CHECKED,    /* the last sign-off does not ask for room */
    CEILING_BELOW_HELD,     /* a ceiling may be set below what is reserved and committed */
    ABOVE_APPRAISED,        /* more may be proposed than was appraised */
    ABOVE_AGREED,           /* the authority may grant more than was agreed */
    ABOVE_APPROVED,         /* more is allotted than was approved */
    ABOVE_ALLOTTED,         /* more is paid than was allotted */
    SIGNER_DECIDES,         /* who signed may decide */
    RELEASE_FORGOTTEN,      /* what is taken back stays reserved */
    WITHDRAWAL_UNHEARD,     /* a withdrawn entry's cases go on */
    NOT_RECOMMENDED,        /* a case is opened for what nobody recommends */
    CASE_TWICE,             /* a second case is open for the same */
    VOUCHER_TWICE,          /* a voucher is recorded twice */
    OTHER_YEAR,             /* a voucher of another year counts */
    TEXT_CHANGED,           /* the proposal that is kept is not the one that was sent */
    OTHER_TEXT_SUBMITTED,   /* the authority gets another digest */
    /* of entries, dossiers and appraisals */
    EDITION_CLOSED,    /* entries are taken before registration is open */
    CODE_TWICE,        /* two entries get one code */
    BELOW_THRESHOLD,   /* whoever reaches too little is a finalist all the same */
    NO_FINALIST,       /* others than finalists owe a dossier */
    HOUR_OFF,          /* local midnight is an hour off */
    LATE_DOSSIER,      /* a dossier counts after its deadline */
    PARTS_MISSING,     /* a dossier without a solution counts */
    DOSSIER_CHANGED,   /* the dossier that is kept is not the one that was sent */
    SUM_NOT_CHECKED,   /* an estimate does not add up */
    OTHER_VERSION,     /* another version is accepted than was handed in */
    OWN_DOSSIER,       /* who handed it in accepts it */
    SILENT_ENTERS,     /* nobody asks whether co-entrants agree */
    ORIGIN_LEAVES,     /* what won below leaves, and goes on above */
    MORE_CONTESTS,     /* an agency holds as many contests as it likes */
    ROLL_FORGOTTEN,    /* who leaves stays counted among the registered */
    APPRAISAL_TWICE,   /* a dossier is appraised twice */
    AUTHOR_SITS,       /* an author sits on the panel */
    SILENCE_COUNTS,    /* opinions are not waited for */
    VOTES_NOT_COUNTED, /* a recommendation needs no votes */
    ABOVE_ESTIMATE,    /* more is recommended than was asked for */
    REPORT_CHANGED,    /* the report says something else than the panel */
    DEAF,              /* an event cannot be heard */
    /* of judging */
    SHEET_OF_ANOTHER,     /* a sheet is locked by somebody else than its judge */
    OFF_STEP,             /* points between the steps count */
    REOPENED_BY_ANYBODY,  /* whoever asks reopens a sheet */
    RANKING_FORGOTTEN,    /* nobody remembers that a chair has seen the ranking */
    CONFLICT_JUDGES,      /* conflicts keep nobody from judging */
    CONTENDER_FORGOTTEN,  /* a round begins without somebody who waits for it */
    ENTRANT_AFTER_ALL,    /* entrants are confirmed while an entry waits to be examined */
    NOBODY_THERE,         /* a ranking is proposed without a quorum */
    RESULTS_TOO_EARLY,    /* results stand on a ranking that may be annulled */
    OTHER_CLUSTER,        /* entries of any cluster are judged together */
    ROUND_TWICE,          /* a round is held while it is held */
    SHEET_NOT_AWAITED,    /* a ranking is proposed before all sheets are in */
    GONE_IS_RANKED,       /* an entry that went away is ranked */
    PROPOSER_CONFIRMS,    /* one person proposes a ranking and confirms it */
    SCORE_CHANGED,        /* the confirmed ranking is not the one that the sheets give */
    DISQUALIFIED_GOES_ON, /* a disqualified entry goes on being judged and appraised */
    PARTIAL_CHAIR,        /* a chair in conflict decides between equals */
    MOVED_JUDGE,          /* a judge who works for the entrant by now gives points */
    ANNULMENT_UNHEARD,    /* money flows for a result that was annulled */
    JUDGED_ALL_THE_SAME,  /* sheets are filled in after the edition was called off */
    /* of what follows results */
    ARCHIVED_WHILE_OPEN,      /* an edition is archived, whatever is open */
    ANNULLED_WHILE_COMMITTED, /* a result is annulled for which money is committed */
    /* of notifications */
    NOBODY_TOLD,     /* an event is heard and nobody told */
    TOLD_OF_NOTHING, /* a notice speaks of another event */
    NOBODY_SEES,     /* who must act and has no address is queued, and it does not fail */
    PASSED_OVER,     /* who must act is passed over */
    MAIL_BLOCKS,     /* nothing is handed in while a mail has failed */
    MISTAKES
};

/* Name of a mistake as the option takes it. */
const char *mistake_name(enum mistake mistake);

/* false: there is none of this name. */
bool mistake_called(const char *name, enum mistake *ret_mistake);

/* ------------------------------------------------------------------ for the rows */

struct mistaken {
    enum mistake mistake;
    const struct kind *kind;
    const ProtobufCMessageDescriptor *message;
    int (*decide)(const struct given *given, const void *message, struct events *out);
};

/* Closed by a zero row. */
extern const struct mistaken funding_mistakes[], submissions_mistakes[], appraisal_mistakes[],
    judging_mistakes[], notifications_mistakes[];

/* What the product decides. */
int as_it_should_be(const struct given *given, const void *message, struct events *out);

/* An event that was just said; NULL: none such was. */
void *just_said(struct events *out, const ProtobufCMessageDescriptor *event);

#endif
