#!/bin/sh
# Stands in for the C++ compiler where a test is not about compiling: gives a binding that was compiled before.
while [ $# -gt 0 ]; do
  case "$1" in
    -o) output="$2"; shift ;;
    -MF) : > "$2"; shift ;;
  esac
  shift
done
cp "$STAND_IN_BINDING" "$output"
