# How writ's targets are made: one place for the language level, the warnings
# and the checks that every target shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(WRIT_CCACHE ccache)
if(WRIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these, what includes precompiled headers isn't cached.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      "${WRIT_CCACHE}")
endif()

set(WRIT_SANITIZE "" CACHE STRING "Value of -fsanitize=, for example address,undefined")
if(WRIT_SANITIZE)
  add_compile_options(-fsanitize=${WRIT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WRIT_SANITIZE})
endif()

# The warnings of the house; errors in the ci preset only.
add_library(writ_warnings INTERFACE)
target_compile_options(
  writ_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wswitch-enum
            -Wnon-virtual-dtor
            -Wsuggest-override
            -Wold-style-cast
            # GCC 12 sees overlaps in std::string's own operator+ (bug 105651),
            # and empty optionals that are read (bug 80635), where none are.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict
            -Wno-maybe-uninitialized>)

# Two thirds of a build from nothing is reading the same headers over and over.
# Here the sources of a library are compiled several at a time, so that names in
# their anonymous namespaces have to differ, and tests read the test framework
# once. Off in presets that show that each source stands alone.
option(WRIT_BULK "Compile for a build from nothing, not for changes" OFF)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

# Of the programs that serve: what one thread allocates another one frees, for
# which the C library's takes locks. The sanitizers bring their own.
add_library(writ_allocator INTERFACE)
if(NOT WRIT_SANITIZE)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(TCMALLOC REQUIRED IMPORTED_TARGET libtcmalloc_minimal)
  target_link_libraries(writ_allocator INTERFACE PkgConfig::TCMALLOC)
endif()

# writ_library(NAME schema_value SOURCES a.cc HEADERS a.h
#              PUBLIC targets PRIVATE targets)
# A static library with alias writ::NAME. Its headers form a verified file set:
# `all_verify_interface_header_sets` compiles each by itself.
function(writ_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;PUBLIC;PRIVATE"
                        ${ARGN})
  add_library(writ_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(writ::${ARG_NAME} ALIAS writ_${ARG_NAME})
  target_sources(
    writ_${ARG_NAME} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                            FILES ${ARG_HEADERS})
  set_target_properties(writ_${ARG_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS
                                                    ON)
  target_include_directories(writ_${ARG_NAME} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(
    writ_${ARG_NAME}
    PUBLIC ${ARG_PUBLIC}
    PRIVATE ${ARG_PRIVATE} writ_warnings)
  if(WRIT_BULK)
    set_target_properties(writ_${ARG_NAME} PROPERTIES UNITY_BUILD ON)
    # What it says of headers: a source isn't one, though it is included here.
    target_compile_options(
      writ_${ARG_NAME}
      PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# writ_test(NAME schema_tests SOURCES a_test.cc LINKS writ::schema)
# One gtest binary; each case is a ctest of its own.
function(writ_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(
    ${ARG_NAME} PRIVATE ${ARG_LINKS} GTest::gtest_main GTest::gmock
                        writ_warnings)
  foreach(source IN LISTS ARG_SOURCES)
    # Where the tree lies is told to who asks: the others' objects are then the
    # same in every clone, and ccache has them.
    file(STRINGS ${source} asks REGEX WRIT_SOURCE_DIR LIMIT_COUNT 1)
    if(asks)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
                          WRIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    endif()
  endforeach()
  if(WRIT_BULK)
    target_precompile_headers(${ARG_NAME} REUSE_FROM writ_test_framework)
    # As some libraries ask: what was precompiled fits only the same macros.
    target_compile_options(${ARG_NAME} PRIVATE -pthread)
  endif()
  gtest_discover_tests(
    ${ARG_NAME}
    DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
