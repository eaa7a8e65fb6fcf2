#!/bin/bash
# Serves remote_shell.sh on a host that is not node0. Called for each request, which is on standard
# input: words that end in NUL, either
#   run TICKET DIRECTORY COMMAND VARIABLE=VALUE...   answers with the output
#   status TICKET                                    answers with the exit status of that command
#
# Without a request, it starts the server.
if [[ ${1:-} != request ]]; then
  exec busybox nc -ll -p 2222 -e "$0" request
fi

mapfile -d '' words
memory=/dev/shm/soft-roce.${words[1]}
case ${words[0]} in
  run)
    cd "${words[2]}" && env -i "${words[@]:4}" /bin/sh -c "${words[3]}" </dev/null 2>&1
    echo $? >"$memory"
    ;;
  status) cat "$memory" && rm "$memory" ;;
esac
