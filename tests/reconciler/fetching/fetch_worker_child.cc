// The other half of a fetch, as `writ fetch-worker` is.
#include "reconciler/fetching/source_cache.h"

int main() { return writ::reconciler::RunFetchWorker(); }
