# shellcheck shell=bash disable=SC2154 # what ops/check and count.sh set
# ops/checks/layers.sh - what each layer of ops/check runs. Sourced by ops/check.

python=/usr/bin/python3
jobs=$(nproc)
before=() # what runs the tests: words before the command

# Files of the project, also those not yet committed: by the ends of their names.
files()
{
    git -c safe.directory="$root" ls-files -co --exclude-standard -- "$@" |
        while read -r file; do
            [ ! -f "$file" ] || echo "$file"
        done
}

# Those without an end to their names tell by their first line.
scripts_of()
{
    files | grep -vE '[^/]\.[A-Za-z0-9]+$' | while read -r file; do
        ! head -n 1 "$file" | grep -aqE "^#!.*\b$1\b" || echo "$file"
    done
}

# ------------------------------------------------------------------ format

c_format()
{
    files '*.c' '*.h' '*.cc' '*.hh' | xargs -r clang-format --dry-run -Werror
}

shell_lint()
{
    { files '*.sh' '*.bash' && scripts_of '(ba)?sh'; } | sort -u | xargs -r shellcheck -x
}

# Vietnamese is data here: what is addressed to people, and the examples' contents.
spelling()
{
    files | grep -vE '\.(mustache|csv|lock|png|svg|binpb)$|package-lock\.json|/vi/|\.vi\.|^ops/demo/data|^tests/.*/data' |
        xargs -r codespell --ignore-words ops/checks/words.txt
}

python_syntax()
{
    { files '*.py' && scripts_of python; } | sort -u | xargs -r "$python" -c '
import sys
for name in sys.argv[1:]:
    compile(open(name, encoding="utf-8").read(), name, "exec")'
}

layer_format()
{
    try "C and C++ are formatted" c_format
    try "shell scripts are clean" shell_lint
    try "words are spelled" spelling
    try "Python compiles" python_syntax
}

# ------------------------------------------------------------------ build

configure()
{
    local dir=$1
    shift
    cmake -S "$root" -B "$dir" -G Ninja -DSANGKIEN_WERROR=ON "$@"
}

build()
{
    case $1 in
    gcc) configure build -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ && ninja -C build ;;
    clang)
        configure build-clang -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ && ninja -C build-clang
        ;;
    asan)
        configure build-asan -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
            -DSANGKIEN_SANITIZE=address,undefined && ninja -C build-asan
        ;;
    fuzz)
        configure build-fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
            -DSANGKIEN_SANITIZE=address,undefined -DSANGKIEN_FUZZ=ON && ninja -C build-fuzz fuzz
        ;;
    crashes) configure build-crashes -DSANGKIEN_CRASHES=ON -DSANGKIEN_TESTS=OFF && ninja -C build-crashes ;;
    esac
}

layer_build()
{
    local compiler
    for compiler in "${compilers[@]}"; do
        try "builds with $compiler, without a warning" build "$compiler"
    done
    is_built=yes
}

# What other layers need; made here when the layer build has not been asked for.
need_build()
{
    [ -z "${is_built-}" ] || return 0
    build gcc && is_built=yes
}

# ------------------------------------------------------------------ lint

tidy()
{
    local sources
    sources=$(files 'common/*.c' 'services/*.c' 'ops/*.c' 'services/*.cc' 'ops/*.cc')
    # shellcheck disable=SC2016 # the inner shell's own variables
    echo "$sources" | xargs -P "$jobs" -I {} sh -c '
        clang-tidy -p build --quiet "$1" >"$2/tidy.$(echo "$1" | tr / _)" 2>&1 || {
            grep -v "warnings generated" "$2/tidy.$(echo "$1" | tr / _)"
            echo "FAILED: clang-tidy $1"
        }' sh {} "$logs/tidy" | tee "$logs/tidy/all"
    count "$(($(echo "$sources" | wc -l) - $(grep -c '^FAILED' "$logs/tidy/all")))" \
        "$(grep -c '^FAILED' "$logs/tidy/all")"
}

second_opinion()
{
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr -j "$jobs" \
        --suppressions-list=ops/checks/cppcheck.txt --error-exitcode=1 -I . common services ops/ctl
}

buf()
{
    local tools=$root/var/tools
    if [ ! -x "$tools/node_modules/.bin/buf" ] || ! cmp -s ops/npm/package.json "$tools/package.json"; then
        mkdir -p "$tools"
        cp ops/npm/package.json "$tools"
        (cd "$tools" && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error) ||
            return 1
    fi
    (cd build/proto && "$tools/node_modules/.bin/buf" "$@")
}

# What was released must be understood for ever; before the first tag there is nothing to hold to.
stays_compatible()
{
    local tag old=$root/var/check/proto-released
    tag=$(git -c safe.directory="$root" describe --tags --abbrev=0 2>/dev/null) || {
        echo "no release to compare with yet"
        skipped=$((skipped + 1))
        passed=$((passed - 1))
        return 0
    }
    rm -rf "$old"
    mkdir -p "$old"
    git -c safe.directory="$root" archive "$tag" proto | tar -x -C "$old" || return 1
    cp -rn build/proto/google build/proto/protobuf-c "$old/proto/" 2>/dev/null
    buf breaking --against "$old/proto"
}

layer_lint()
{
    need_build || return 1
    rm -rf "$logs/tidy"
    mkdir -p "$logs/tidy"
    tidy
    try "cppcheck finds nothing" second_opinion
    try "buf finds the protocol in order" buf lint
    try "the protocol is compatible with the last release" stays_compatible
}

# ------------------------------------------------------------------ tests

# ctest by label, of one build tree.
by_label()
{
    local log=$logs/ctest.$2.${1##*/}
    ctest --test-dir "$1" -V -L "^$2\$" -j "$jobs" --no-tests=ignore >"$log" 2>&1
    cat "$log"
    count_ctest "$log"
}

pytest()
{
    BUILD_DIR=$root/build PYTHONDONTWRITEBYTECODE=1 \
        "${before[@]}" "$python" -m pytest -q -ra -p no:cacheprovider "$@" 2>&1
}

# The log, and beside it what pytest ended with.
pytest_into()
{
    local log=$1
    shift
    rm -f "$log.status"
    pytest "$@" >"$log"
    echo $? >"$log.status"
}

# A folder of tests, or one file of it, and pytest's options.
by_pytest()
{
    local log=$logs/pytest.${1//\//.} what=tests/$1
    shift
    [ -e "$what" ] || return 0
    pytest_into "$log" "$what" "$@"
    cat "$log"
    count_pytest "$log"
}

layer_unit()
{
    need_build || return 1
    by_label build unit
    by_pytest property
}

layer_arch()
{
    need_build && by_label build arch
}

layer_counts()
{
    need_build && by_pytest counts
}

# shellcheck disable=SC2154 # long is set by ops/check
layer_model()
{
    [ ${#long[@]} -eq 0 ] || export SANGKIEN_MODEL_COMMANDS=10000000
    need_build && by_pytest model
}

layer_db()
{
    need_build || return 1
    tests/db/run >"$logs/prove" 2>&1
    local status=$?
    cat "$logs/prove"
    count_prove "$logs/prove"
    try "the schema can be taken back and brought again" [ $status -eq 0 ]
    by_label build db
}

layer_races()
{
    need_build && by_label build races
}

layer_wire()
{
    need_build && by_pytest wire
}

layer_flow()
{
    need_build && by_pytest flow
}

layer_sanitizers()
{
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
    try "builds with the sanitizers" build asan
    [ "$failed" -eq 0 ] || return 0
    by_label build-asan unit
    by_label build-asan db
    by_label build-asan races
    try "all services run in the simulation" build-asan/bin/model_simulation --commands 20000
    unset ASAN_OPTIONS UBSAN_OPTIONS
}

# What a script said, of which a line that begins "ok" or "FAILED" is a test.
by_lines()
{
    local log=$logs/lines.$1
    shift
    "$@" >"$log" 2>&1
    local status=$?
    cat "$log"
    count "$(grep -c '^ok' "$log")" "$(grep -c '^FAILED' "$log")"
    [ $status -eq 0 ] || [ "$failed" -gt 0 ] || count 0 1
}

layer_fuzz()
{
    need_build || return 1
    by_pytest fuzz
    try "builds the targets of the fuzzer" build fuzz
    by_lines fuzz tests/fuzz/run --mistakes --seconds "${FUZZ_SECONDS:-10}"
}

layer_spin()
{
    by_lines spin tests/model/spin/run
}

# Three groups side by side, each with a system of its own: what breaks that system, what it must stand, and the bad
# line, in a network of its own.
# shellcheck disable=SC2154 # long is set by ops/check
layer_faults()
{
    local log file breaks=() stands=()
    need_build || return 1
    try "builds with places to die at" build crashes
    [ "$failed" -eq 0 ] || return 0
    for file in tests/faults/test_*.py; do
        case $file in
        *_checker.py | *_storm.py | *_clock.py | *_shim.py | *_disk.py | *_mixed.py) breaks+=("$file") ;;
        *_network.py) ;;
        *) stands+=("$file") ;;
        esac
    done
    beside pytest_into "$logs/pytest.faults.breaks" "${breaks[@]}" "${long[@]}"
    beside pytest_into "$logs/pytest.faults.stands" "${stands[@]}" "${long[@]}"
    before=(tests/faults/run-alone)
    beside pytest_into "$logs/pytest.faults.line" tests/faults/test_network.py "${long[@]}"
    before=()
    wait_for_others
    for log in "$logs"/pytest.faults.{breaks,stands,line}; do
        cat "$log"
        count_pytest "$log"
    done
}

layer_compose()
{
    local log=$logs/pytest.compose
    tests/compose/run >"$log" 2>&1
    echo $? >"$log.status"
    cat "$log"
    count_pytest "$log"
}
