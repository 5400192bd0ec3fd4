/* tests/unit/fold.c - which texts are the same when case, accents and punctuation do not count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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
        cmocka_unit_test(only_letters_and_digits_count_with_one_space_between_words),
        cmocka_unit_test(other_scripts_stay_what_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
