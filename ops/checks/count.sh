# shellcheck shell=bash disable=SC2154 # root is set by ops/check
# ops/checks/count.sh - runs one layer, counts its tests, tells how it went. Sourced by ops/check.

logs=$root/var/check
total_passed=0
total_failed=0

# A layer runs in this shell, writes to its log, and counts by these.
count()
{
    passed=$((passed + $1))
    failed=$((failed + $2))
}

# One check that is a test by itself: passes when the command succeeds.
try()
{
    local name=$1
    shift
    echo "--- $name"
    if "$@"; then
        count 1 0
    else
        echo "FAILED: $name"
        count 0 1
    fi
}

# Counts what ctest -V printed: the functions of each test program, or the program as one.
count_ctest()
{
    local counted
    counted=$(awk '
        / Test +#[0-9]+: / {
            match($0, /#[0-9]+/)
            n = substr($0, RSTART + 1, RLENGTH - 1)
            if (/   Passed /) good += p[n] ? p[n] : 1
            else if (/\*\*\*Skipped|\*\*\*Not Run \(Disabled\)/) skipped++
            else { good += p[n]; bad += f[n] ? f[n] : 1 }
        }
        /^[0-9]+: \[  PASSED  \] [0-9]+ test/ { split($1, a, ":"); p[a[1]] += $5 }
        /^[0-9]+: \[  FAILED  \] [0-9]+ test/ { split($1, a, ":"); f[a[1]] += $5 }
        END { print good + 0, bad + 0, skipped + 0 }' "$1")
    # shellcheck disable=SC2086 # three numbers
    set -- $counted
    count "$1" "$2"
    skipped=$((skipped + $3))
}

# Counts what pytest printed last: "3 passed, 1 failed, 2 errors, 1 skipped in 4.00s". It may have broken off, too.
count_pytest()
{
    local last bad
    last=$(grep -E '[0-9]+ (passed|failed|error|errors|skipped|deselected).* in [0-9]' "$1" | tail -n 1)
    number_of()
    {
        grep -oE "[0-9]+ $1" <<<"$last" | head -n 1 | grep -oE '[0-9]+' || echo 0
    }
    if [ -z "$last" ]; then
        count 0 1
        return
    fi
    bad=$(($(number_of failed) + $(number_of 'errors?')))
    [ "$(cat "$1.status")" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    count "$(number_of passed)" "$bad"
    skipped=$((skipped + $(number_of skipped)))
}

# Counts what pg_prove printed: "Files=6, Tests=321" and "Failed 2/50 subtests" of each file.
count_prove()
{
    local tests bad
    tests=$(sed -n 's/^Files=.*, Tests=\([0-9]*\),.*/\1/p' "$1" | tail -n 1)
    bad=$(sed -n 's/^ *Failed \([0-9]*\)\/[0-9]* subtests.*/\1/p' "$1" | awk '{ n += $1 } END { print n + 0 }')
    if grep -q '^Result: FAIL' "$1" && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    count $((${tests:-0} - (bad < ${tests:-0} ? bad : ${tests:-0}))) "$bad"
}

# Leaves the counts in variables of this shell.
measure()
{
    local began=$SECONDS
    passed=0 failed=0 skipped=0
    "layer_$1" >"$logs/$1.log" 2>&1 </dev/null || count 0 $((failed == 0))
    seconds=$((SECONDS - began))
}

tell()
{
    local layer=$1 log=$logs/$1.log note=
    [ "$skipped" -eq 0 ] || note=", $skipped skipped"
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        note=", nothing there yet"
    fi
    printf '%-10s %-6s %5d passed, %d failed%s  (%d s)\n' "$layer" \
        "$([ "$failed" -eq 0 ] && echo ok || echo FAILED)" "$passed" "$failed" "$note" "$seconds"
    [ "$failed" -eq 0 ] || show_failure "$log"
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
}

run_layer()
{
    if [ -t 1 ]; then
        printf '%-10s ...\r' "$1"
    fi
    measure "$1"
    tell "$1"
}

# In a process group of its own: otherwise nobody could interrupt it.
others=()
beside()
{
    set -m
    "$@" &
    set +m
    others+=("$!")
}

wait_for_others()
{
    wait
    others=()
}

interrupt_others()
{
    local group
    for group in "${others[@]}"; do
        kill -INT -- "-$group" 2>/dev/null
    done
    wait_for_others
}

# A layer in a shell of its own, which leaves its counts in a file.
begin_layer()
{
    rm -f "$logs/$1.counts"
    beside measure_apart "$1"
}

measure_apart()
{
    measure "$1"
    echo "$passed $failed $skipped $seconds" >"$logs/$1.counts"
}

# Not begun, not finished: failed.
end_layer()
{
    passed=0 failed=1 skipped=0 seconds=0
    wait_for_others
    [ ! -f "$logs/$1.counts" ] || read -r passed failed skipped seconds <"$logs/$1.counts"
    tell "$1"
}

# The lines that say what went wrong, not all that was said.
show_failure()
{
    echo "    what it said is in ${1#"$root"/}; the last of it:"
    grep -nE 'FAILED|\*\*\*|[Ee]rror:|warning:|not ok|^E  |: error|No such|Failed' "$1" | tail -n 15 |
        cut -c 1-220 | sed 's/^/    /'
    tail -n 3 "$1" | cut -c 1-220 | sed 's/^/    /'
}
