#include "engine/cel/extension_libraries.h"
#include "engine/cel/library.h"

namespace writ::engine::cel {

std::vector<const Library*> AllLibraries() {
  return {
      &StandardLibrary(), &BindingsLibrary(),       &BlocksLibrary(),
      &EncodersLibrary(), &ComprehensionsLibrary(), &ListsLibrary(),
      &MathLibrary(),     &NetworkLibrary(),        &OptionalsLibrary(),
      &SemverLibrary(),   &SetsLibrary(),           &StringsLibrary(),
  };
}

}  // namespace writ::engine::cel
