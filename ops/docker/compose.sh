# shellcheck shell=bash
# ops/docker/compose.sh - sourced by backup and restore: the one or the other Compose, and the last word.

if command -v docker-compose >/dev/null; then
    compose_tool=(docker-compose)
else
    compose_tool=(docker compose)
fi

compose()
{
    "${compose_tool[@]}" "$@"
}

die()
{
    echo "${0##*/}: $*" >&2
    exit 1
}

# In the database's own container, as its administrator.
at_database()
{
    local program=$1
    shift
    compose exec -T postgres "$program" "$@"
}
