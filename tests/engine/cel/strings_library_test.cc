#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(StringsLibrary, FindsCharactersByCodePoint) {
  ExpectOutcomes({{"'äbc'.charAt(0)", "'ä'"},
                  {"'äbc'.charAt(1)", "'b'"},
                  {"'a😀c'.charAt(1)", "'😀'"},
                  {"'a😀c'.charAt(2)", "'c'"},
                  {"'abc'.charAt(3)", "''"},
                  {"''.charAt(0)", "''"}});
  ExpectRunTimeErrors({"'abc'.charAt(4)", "'abc'.charAt(-1)", "'😀'.charAt(2)",
                       "''.charAt(1)", "'a'.charAt(9223372036854775807)",
                       "'a'.charAt(-9223372036854775808)"});
}

TEST(StringsLibrary, FindsTheFirstOccurrence) {
  ExpectOutcomes({{"'banana'.indexOf('an')", "1"},
                  {"'banana'.indexOf('nab')", "-1"},
                  {"'banana'.indexOf('')", "0"},
                  {"''.indexOf('')", "0"},
                  {"''.indexOf('a')", "-1"},
                  {"'üüba'.indexOf('b')", "2"},
                  {"'a€b€'.indexOf('€')", "1"},
                  {"'banana'.indexOf('an', 2)", "3"},
                  {"'banana'.indexOf('an', 4)", "-1"},
                  {"'a€b€'.indexOf('€', 2)", "3"},
                  {"'banana'.indexOf('', 4)", "4"},
                  {"'banana'.indexOf('', 6)", "6"},
                  {"'banana'.indexOf('a', 6)", "-1"},
                  {"'banana'.indexOf('a', 60)", "-1"},
                  {"'ba'.indexOf('banana')", "-1"}});
  ExpectRunTimeErrors({"'banana'.indexOf('a', -1)"});
}

TEST(StringsLibrary, FindsTheLastOccurrence) {
  ExpectOutcomes({{"'banana'.lastIndexOf('an')", "3"},
                  {"'banana'.lastIndexOf('nab')", "-1"},
                  {"'banana'.lastIndexOf('')", "6"},
                  {"'b€'.lastIndexOf('')", "2"},
                  {"''.lastIndexOf('')", "0"},
                  {"'a€b€c'.lastIndexOf('€')", "3"},
                  {"'banana'.lastIndexOf('an', 3)", "3"},
                  {"'banana'.lastIndexOf('an', 2)", "1"},
                  {"'banana'.lastIndexOf('an', 0)", "-1"},
                  {"'banana'.lastIndexOf('na', 5)", "4"},
                  {"'banana'.lastIndexOf('', 2)", "2"},
                  {"'a€b€c'.lastIndexOf('€', 2)", "1"},
                  {"'banana'.lastIndexOf('a', 60)", "-1"}});
  ExpectRunTimeErrors({"'banana'.lastIndexOf('a', -1)"});
}

TEST(StringsLibrary, ChangesTheCaseOfAsciiAlone) {
  ExpectOutcomes({{"'AbZ@[`{ÄÉ'.lowerAscii()", "'abz@[`{ÄÉ'"},
                  {"'aBz@[`{äé'.upperAscii()", "'ABZ@[`{äé'"},
                  {"''.lowerAscii()", "''"}});
}

TEST(StringsLibrary, Replaces) {
  ExpectOutcomes({{"'a-b-c'.replace('-', '+')", "'a+b+c'"},
                  {"'a-b-c'.replace('-', '')", "'abc'"},
                  {"'a-b-c'.replace('x', 'y')", "'a-b-c'"},
                  {"'aaa'.replace('aa', 'b')", "'ba'"},
                  {"'a-b-c'.replace('-', '+', 0)", "'a-b-c'"},
                  {"'a-b-c'.replace('-', '+', 1)", "'a+b-c'"},
                  {"'a-b-c'.replace('-', '+', 9)", "'a+b+c'"},
                  {"'a-b-c'.replace('-', '+', -5)", "'a+b+c'"},
                  {"'€uro'.replace('€', 'E')", "'Euro'"},
                  // A text is found before each character and at the end.
                  {"'aé'.replace('', '_')", "'_a_é_'"},
                  {"'aé'.replace('', '_', 2)", "'_a_é'"},
                  {"''.replace('', '_')", "'_'"},
                  {"''.replace('a', '_')", "''"}});
}

TEST(StringsLibrary, Splits) {
  ExpectOutcomes({{"'a,b,,c,'.split(',')", "['a', 'b', '', 'c', '']"},
                  {"'a, b'.split(', ')", "['a', 'b']"},
                  {"'abc'.split(',')", "['abc']"},
                  {"''.split(',')", "['']"},
                  {"'aé€'.split('')", "['a', 'é', '€']"},
                  {"''.split('')", "[]"},
                  {"'a,b,c'.split(',', 0)", "[]"},
                  {"'a,b,c'.split(',', 1)", "['a,b,c']"},
                  {"'a,b,c'.split(',', 2)", "['a', 'b,c']"},
                  {"'a,b,c'.split(',', 3)", "['a', 'b', 'c']"},
                  {"'a,b,c'.split(',', 99)", "['a', 'b', 'c']"},
                  {"'a,b,c'.split(',', -1)", "['a', 'b', 'c']"},
                  {"'aé€'.split('', 2)", "['a', 'é€']"},
                  {"'aé€'.split('', 1)", "['aé€']"},
                  {"'aé€'.split('', 0)", "[]"}});
}

TEST(StringsLibrary, TakesPartsByCodePoint) {
  ExpectOutcomes({{"'häuser'.substring(2)", "'user'"},
                  {"'häuser'.substring(6)", "''"},
                  {"'häuser'.substring(0)", "'häuser'"},
                  {"'häuser'.substring(1, 3)", "'äu'"},
                  {"'häuser'.substring(3, 3)", "''"},
                  {"'häuser'.substring(6, 6)", "''"},
                  {"'häuser'.substring(0, 6)", "'häuser'"}});
  ExpectRunTimeErrors({"'abc'.substring(4)", "'abc'.substring(-1)",
                       "'abc'.substring(0, 4)", "'abc'.substring(2, 1)",
                       "'abc'.substring(-1, 2)", "'abc'.substring(1, -1)",
                       "'é'.substring(2)"});
}

TEST(StringsLibrary, TrimsWhatUnicodeCallsWhiteSpace) {
  ExpectOutcomes(
      {{"' \\t\\n\\v\\f\\r a b \\r\\n'.trim()", "'a b'"},
       {"'\\u0085\\u00a0\\u1680\\u2000\\u200a\\u2028x\\u2029\\u202f\\u205f"
        "\\u3000'.trim()",
        "'x'"},
       {"'\\u200bx\\ufeff'.trim()", "'\u200bx\ufeff'"},
       {"' \\t '.trim()", "''"},
       {"''.trim()", "''"}});
}

TEST(StringsLibrary, Joins) {
  ExpectOutcomes({{"['a', 'b'].join()", "'ab'"},
                  {"['a', 'b', ''].join('-')", "'a-b-'"},
                  {"['a'].join('-')", "'a'"},
                  {"[].join('-')", "''"},
                  {"[].join()", "''"},
                  {"'a,b'.split(',').join(',')", "'a,b'"}});
  ExpectErrors({"[1, 2].join()", "['a', dyn(1)].join('-')", "'a'.join()",
                "['a'].join(1)"});
}

TEST(StringsLibrary, Reverses) {
  ExpectOutcomes({{"'abc'.reverse()", "'cba'"},
                  {"'a€😀é'.reverse()", "'é😀€a'"},
                  {"''.reverse()", "''"}});
}

TEST(StringsLibrary, Quotes) {
  ExpectOutcomes({{"strings.quote('')", "'\"\"'"},
                  {"strings.quote('a\"b')", "'\"a\\\"b\"'"},
                  {"strings.quote(r'\\n')", "'\"\\\\n\"'"},
                  {"strings.quote('\\a\\b\\f\\n\\r\\t\\v')",
                   "'\"\\a\\b\\f\\n\\r\\t\\v\"'"},
                  {"strings.quote('äß €')", "'\"äß €\"'"},
                  {"strings.quote('it\\'s')", "'\"it's\"'"}});
}

TEST(StringsLibrary, HasNoOtherOverloads) {
  ExpectErrors({"1.charAt(0)",
                "'a'.charAt('0')",
                "'a'.charAt(0u)",
                "'a'.indexOf(1)",
                "'a'.indexOf('a', '0')",
                "'a'.indexOf()",
                "1.indexOf('a')",
                "'a'.lastIndexOf(true)",
                "'a'.lastIndexOf('a', 0, 0)",
                "1.lowerAscii()",
                "b'a'.upperAscii()",
                "'a'.replace('a')",
                "'a'.replace('a', 1)",
                "'a'.replace('a', 'b', '1')",
                "'a'.split()",
                "'a'.split(1)",
                "'a'.split('a', '1')",
                "'a'.split('a', 1, 1)",
                "'a'.substring()",
                "'a'.substring('0')",
                "'a'.substring(0, 1, 2)",
                "1.trim()",
                "'a'.trim(1)",
                "strings.quote(1)",
                "1.reverse()"});
}

TEST(StringsLibrary, ChargesForWhatItReadsAndWrites) {
  ExpectSteps("text.replace('', 'y')", 1'000, 2'000);
  ExpectSteps("text.replace('x', '0123456789abcdef')", 2'000, 3'000);
  ExpectSteps("text.split('')", 1'000, 2'000);
  ExpectSteps("text.split('x')", 1'000, 2'000);
  ExpectSteps("[text, text, text, text].join(text)", 400, 1'000);
  for (const std::string call :
       {"charAt(1)", "indexOf('y')", "lastIndexOf('y')", "lowerAscii()",
        "upperAscii()", "substring(1)", "trim()", "reverse()"}) {
    ExpectSteps("text." + call, 60, 200);
  }
  ExpectSteps("strings.quote(text)", 60, 200);
}

}  // namespace
}  // namespace writ::engine::cel
