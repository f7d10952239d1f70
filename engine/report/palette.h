// The colours of the HTML report, light and dark, as a table from which its
// style is made and against which a test measures contrast (WCAG 2.1, AA).
//
// Pure; safe from any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace writ::engine {

struct PaletteColor {
  std::string_view name;  // the CSS variable, without its dashes
  std::string_view light;
  std::string_view dark;
};

inline constexpr std::array kPalette = {
    PaletteColor{"page", "#f6f7f9", "#0e1116"},
    PaletteColor{"card", "#ffffff", "#171b22"},
    PaletteColor{"line", "#d9dde3", "#2c333d"},
    PaletteColor{"edge", "#818b98", "#6b7684"},
    PaletteColor{"text", "#1b2128", "#e8ebef"},
    PaletteColor{"soft", "#55606d", "#a3adb9"},
    PaletteColor{"link", "#0a58c2", "#7fb4ff"},
    PaletteColor{"green", "#0f6b34", "#63d08c"},
    PaletteColor{"green-wash", "#e4f5ea", "#12301f"},
    PaletteColor{"amber", "#855000", "#f0b354"},
    PaletteColor{"amber-wash", "#fdf1dc", "#362711"},
    PaletteColor{"red", "#b3261e", "#ff8f85"},
    PaletteColor{"red-wash", "#fdeae8", "#3d1a18"},
    PaletteColor{"blue", "#0b5a9d", "#79b8f5"},
    PaletteColor{"blue-wash", "#e5f1fb", "#132b42"},
};

// Which colour stands on which, and how much of a contrast WCAG wants there:
// 4.5 for text, 3 for what has to be seen to be understood.
struct PalettePair {
  std::string_view front;
  std::string_view back;
  double least;
};

inline constexpr std::array kPalettePairs = {
    PalettePair{"text", "page", 4.5},
    PalettePair{"text", "card", 4.5},
    PalettePair{"soft", "page", 4.5},
    PalettePair{"soft", "card", 4.5},
    PalettePair{"link", "page", 4.5},
    PalettePair{"link", "card", 4.5},
    PalettePair{"green", "card", 4.5},
    PalettePair{"amber", "card", 4.5},
    PalettePair{"red", "card", 4.5},
    PalettePair{"blue", "card", 4.5},
    PalettePair{"green", "page", 4.5},
    PalettePair{"amber", "page", 4.5},
    PalettePair{"red", "page", 4.5},
    PalettePair{"blue", "page", 4.5},
    PalettePair{"green", "green-wash", 4.5},
    PalettePair{"red", "red-wash", 4.5},
    PalettePair{"amber", "amber-wash", 4.5},
    PalettePair{"blue", "blue-wash", 4.5},
    PalettePair{"text", "red-wash", 4.5},
    PalettePair{"text", "amber-wash", 4.5},
    PalettePair{"text", "green-wash", 4.5},
    PalettePair{"text", "blue-wash", 4.5},
    PalettePair{"edge", "card", 3.0},
    PalettePair{"soft", "red-wash", 4.5},
    PalettePair{"edge", "page", 3.0},
};

// The report's style sheet, and its script; neither holds text of others.
std::string ReportStyle();
std::string_view ReportScript();

}  // namespace writ::engine
