// The libraries beside the standard one, each as its specification has it:
//
//   strings     cel-spec doc/extensions/strings.md and cel-go's ext/strings
//   math, sets, lists, encoders, bindings, two-variable macros
//               cel-go's ext
//   optionals   optional.of and what goes with it; `?.` is the parser's
//   blocks      cel.block, cel.index, cel.iterVar, cel.accuVar: what optimizers
//               make of common sub-expressions
//   network     ip and cidr; semver as Kubernetes has it
//
// Tables in static storage.
#pragma once

#include "engine/cel/library.h"

namespace writ::engine::cel {

const Library& BindingsLibrary();
const Library& BlocksLibrary();
const Library& ComprehensionsLibrary();
const Library& EncodersLibrary();
const Library& ListsLibrary();
const Library& MathLibrary();
const Library& NetworkLibrary();
const Library& OptionalsLibrary();
const Library& SemverLibrary();
const Library& SetsLibrary();
const Library& StringsLibrary();

}  // namespace writ::engine::cel
