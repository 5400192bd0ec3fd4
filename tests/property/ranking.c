/* tests/property/ranking.c - rankings of the rounds on standard input, for a reader in another
 * language.
 *
 * Shapes     in, a line each, words parted by spaces, messages in hexadecimal: "rules RULES" begins
 *            a round; "entry ID SUBMITTED_US CODE"; "sheet ID ENTRY PERSON SCORES", answered by its
 *            total; "decision DECISION"; "rank", answered by "0 RANKING DIGEST", or by the number
 *            of the refusal.
 */
#include "services/appraisal/ranking.h"
#include "common/list.h"
#include "tests/property/lines.h"

struct round {
    struct arena *arena;
    const Submissions__RoundRules *rules;
    struct digest rules_digest;
    struct list entries;   /* of struct ranked_entry */
    struct list sheets;    /* of struct ranked_sheet */
    struct list decisions; /* of const Appraisal__TieDecision * */
};

static void
begin(struct round *round, const char *hex)
{
    Submissions__RoundRules *rules;
    struct bytes bytes;

    arena_reset(round->arena, 1 << 20);
    unpack(round->arena, &submissions__round_rules__descriptor, hex, &rules);
    bytes = bytes_of(round->arena, hex);
    round->rules = rules;
    round->rules_digest = sha256(bytes.data, bytes.size);
    list_init(&round->entries, round->arena, sizeof(struct ranked_entry));
    list_init(&round->sheets, round->arena, sizeof(struct ranked_sheet));
    list_init(&round->decisions, round->arena, sizeof(Appraisal__TieDecision *));
}

static void
add_sheet(struct round *round, char **words)
{
    struct ranked_sheet *sheet = list_add(&round->sheets);
    Appraisal__Scores *scores;

    unpack(round->arena, &appraisal__scores__descriptor, words[4], &scores);
    *sheet = (struct ranked_sheet){ id_of(words[1]), id_of(words[2]), id_of(words[3]), scores };
    printf("%d\n", ranking_total_centi(round->rules, scores));
}

static void
rank(const struct round *round)
{
    struct ranking_input in = {
        round->rules,        round->rules_digest, round->entries.items,   round->entries.count,
        round->sheets.items, round->sheets.count, round->decisions.items, round->decisions.count,
    };
    Appraisal__Ranking *ranking;
    int refusal = ranking_make(&in, round->arena, &ranking);
    struct bytes bytes;
    struct digest digest;

    if (refusal) {
        printf("%d\n", refusal);
        return;
    }
    bytes = proto_pack(round->arena, ranking);
    digest = ranking_digest(round->arena, ranking);
    printf("0 %s %s\n", hex_text(round->arena, bytes.data, bytes.size),
           hex_text(round->arena, digest.bytes, sizeof(digest.bytes)));
}

static void
obey(struct round *round, char **words)
{
    if (strcmp(words[0], "rules") == 0) {
        begin(round, words[1]);
    } else if (strcmp(words[0], "entry") == 0) {
        struct ranked_entry *entry = list_add(&round->entries);

        *entry = (struct ranked_entry){ id_of(words[1]), arena_text(round->arena, words[3]),
                                        strtoll(words[2], NULL, 10) };
    } else if (strcmp(words[0], "sheet") == 0) {
        add_sheet(round, words);
    } else if (strcmp(words[0], "decision") == 0) {
        unpack(round->arena, &appraisal__tie_decision__descriptor, words[1],
               list_add(&round->decisions));
    } else if (strcmp(words[0], "rank") == 0) {
        rank(round);
    } else {
        give_up("is not known", words[0]);
    }
}

int
main(void)
{
    struct round round = { .arena = arena_new() };
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0) {
        char *words[MOST_WORDS];

        split(line, words);
        obey(&round, words);
    }
    free(line);
    arena_free(&round.arena);
    return 0;
}
