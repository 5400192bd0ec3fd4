/* tests/unit/fold.c - which texts are the same when case, accents and punctuation do not count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/fold.h"

static void
assert_folds(const char *text, const char *folded)
{
    struct arena *arena = arena_new();

    assert_string_equal(text_fold(arena, text), folded);
    arena_free(&arena);
}

static void
where_the_tone_is_placed_does_not_matter(void **state)
{
    (void) state;
    assert_folds("Hòa", "hoa");
    assert_folds("Hoà", "hoa");
    assert_folds("Thúy", "thuy");
    assert_folds("Thuý", "thuy");
}

static void
a_d_with_a_stroke_is_a_d(void **state)
{
    (void) state;
    assert_folds("Đường", "duong");
    assert_folds("đường", "duong");
    assert_folds("\u00D0\u01B0\u1EDDng", "duong"); /* eth, as some keyboards make it */
    assert_folds("\u0189\u0256\u00F0", "ddd");
}

static void
every_vietnamese_letter_is_its_base(void **state)
{
    (void) state;
    assert_folds("aàáảãạăằắẳẵặâầấẩẫậ", "aaaaaaaaaaaaaaaaaa");
    assert_folds("AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ", "aaaaaaaaaaaaaaaaaa");
    assert_folds("eèéẻẽẹêềếểễệ", "eeeeeeeeeeee");
    assert_folds("EÈÉẺẼẸÊỀẾỂỄỆ", "eeeeeeeeeeee");
    assert_folds("iìíỉĩịIÌÍỈĨỊ", "iiiiiiiiiiii");
    assert_folds("oòóỏõọôồốổỗộơờớởỡợ", "oooooooooooooooooo");
    assert_folds("OÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢ", "oooooooooooooooooo");
    assert_folds("uùúủũụưừứửữự", "uuuuuuuuuuuu");
    assert_folds("UÙÚỦŨỤƯỪỨỬỮỰ", "uuuuuuuuuuuu");
    assert_folds("yỳýỷỹỵYỲÝỶỸỴ", "yyyyyyyyyyyy");
}

static void
composed_and_decomposed_are_the_same(void **state)
{
    (void) state;
    assert_folds("Vie\u0323\u0302t Nam", "viet nam");
    assert_folds("Việt Nam", "viet nam");
    assert_folds("So\u031B\u0309 No\u0323\u0302i vu\u0323", "so noi vu");
}

/* The decomposed letter says its own base; the composed one must say the same, by whatever way. */
static void
every_latin_letter_folds_as_its_decomposition_does(void **state)
{
    static const ucs4_t ranges[][2] = { { 0xA0, 0x250 }, { 0x1DFF, 0x1F10 } };
    struct arena *arena = arena_new();

    (void) state;
    for (size_t r = 0; r < 2; r++)
        for (ucs4_t c = ranges[r][0]; c < ranges[r][1]; c++) {
            uint8_t composed[8] = "", decomposed[64] = "";
            size_t room = sizeof(decomposed) - 1;

            assert_true(u8_uctomb(composed, c, sizeof(composed) - 1) > 0);
            assert_ptr_equal(
                u8_normalize(UNINORM_NFD, composed, strlen((char *) composed), decomposed, &room),
                decomposed);
            decomposed[room] = '\0';
            assert_string_equal(text_fold(arena, (char *) composed),
                                text_fold(arena, (char *) decomposed));
        }
    arena_free(&arena);
}

static void
only_letters_and_digits_count_with_one_space_between_words(void **state)
{
    (void) state;
    assert_folds("  “Một cửa”,  thân-thiện!  ", "mot cua than thien");
    assert_folds("Một\u00A0cửa\t4.0", "mot cua 4 0");
    assert_folds("một cửa", "mot cua");
    assert_folds("mộtcửa", "motcua");
    assert_folds("", "");
    assert_folds("…!?", "");
}

static void
other_scripts_stay_what_they_are(void **state)
{
    (void) state;
    assert_folds("한국 \u03A9\u2126", "한국 ωω");
    assert_folds("Ⱥ", "ⱥ"); /* longer in lower case */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_tone_is_placed_does_not_matter),
        cmocka_unit_test(a_d_with_a_stroke_is_a_d),
        cmocka_unit_test(every_vietnamese_letter_is_its_base),
        cmocka_unit_test(composed_and_decomposed_are_the_same),
        cmocka_unit_test(every_latin_letter_folds_as_its_decomposition_does),
        cmocka_unit_test(only_letters_and_digits_count_with_one_space_between_words),
        cmocka_unit_test(other_scripts_stay_what_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
