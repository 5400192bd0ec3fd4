# completion.bash - bash completion of the command `sangkien`.
_sangkien() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local connection="--gateway --server-key --key --programme --actor --dsn --health --context --timeout --json --help"
    local own=""

    case $previous in
    --key | --file | --journal | --checkpoint | --write-checkpoint | new | show)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --context)
        mapfile -t COMPREPLY < <(compgen -W "$(ls "${XDG_CONFIG_HOME:-$HOME/.config}/sangkien" 2>/dev/null)" -- "$word")
        return
        ;;
    --capacity)
        mapfile -t COMPREPLY < <(compgen -W "HEAD FOR_COLLECTIVE FOR_HEAD BY_ORDER BY_DELEGATION" -- "$word")
        return
        ;;
    esac

    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "call events import keys list parked status types verify who-holds --help --version" -- "$word")
        return
    fi

    case ${COMP_WORDS[1]} in
    call)
        own="--subject --data --file --capacity --id --expected-version --validate-only --expires --min-position --journal"
        if ((COMP_CWORD == 2)) || [[ $previous == --type ]]; then
            own+=" $(sangkien types 2>/dev/null | awk '$1 == "command" || $1 == "query" { split($2, p, "."); print p[2] "." p[4] }')"
        fi
        ;;
    events) own="--after --follow --types --limit" ;;
    import)
        mapfile -t COMPREPLY < <(compgen -f -W "--type --capacity --window --separator --batch --check --no-state $connection" -- "$word")
        return
        ;;
    keys) own="new show" ;;
    list)
        own="--subject --csv"
        if ((COMP_CWORD == 2)); then
            own+=" $(sangkien types 2>/dev/null | awk '$1 == "query" && $2 ~ /\.List/ { split($2, p, "."); print p[2] "." p[4] }')"
        fi
        ;;
    parked) own="list show retry discard --consumer --position --subject --reason" ;;
    status) own="--metrics" ;;
    verify) own="--checkpoint --write-checkpoint" ;;
    who-holds) own="--role" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$own $connection" -- "$word")
}
complete -F _sangkien sangkien
