# Sourced by the scripts beside it: where the repository is, how many jobs run
# at once, and `step`, which says what runs and how long it took.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
jobs=${WRIT_JOBS:-$(nproc)}

# step "what it does" command argument…
step() {
  local what=$1 began=$SECONDS
  shift
  printf '==> %s\n' "$what"
  if "$@"; then
    printf '    %s: %d s\n' "$what" "$((SECONDS - began))"
  else
    local status=$?
    printf '    %s: failed after %d s (exit %d): %s\n' \
      "$what" "$((SECONDS - began))" "$status" "$*" >&2
    return "$status"
  fi
}

# configure PRESET: only errors and warnings are shown.
configure() {
  cmake --preset "$1" >/dev/null
}

# build PRESET TARGET…: configures when needed, then builds.
build() {
  local preset=$1
  shift
  step "configure $preset" configure "$preset"
  step "build $preset: $*" \
    cmake --build "build/$preset" --parallel "$jobs" --target "$@"
}
