// Discord's webhooks: `content` and one embed. No mention pings anybody
// (allowed_mentions is empty), and every sign of Markdown has a backslash.
// Cuts are Discord's: 2,000 of the content, 256 of a title, 4,096 of a
// description.
#include <string_view>

#include "reconciler/notify/channel.h"

namespace writ::reconciler::channels {
namespace {

std::string Escaped(const std::string& text) {
  constexpr std::string_view kMarks = "\\`*_~|<>#[]()@-+.:!";
  std::string escaped;
  for (const char c : text) {
    if (kMarks.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

int ColourOf(std::string_view level) {
  if (level == "error") return 0xd92d20;
  if (level == "warning") return 0xf79009;
  return level == "success" ? 0x12b76a : 0x667085;
}

}  // namespace

Result<Outgoing> Discord(const ChannelInput& input) {
  const std::string url =
      TRY(UrlAt(input, "discord",
                {"discord.com", "canary.discord.com", "ptb.discord.com"}));
  // Escaping at most doubles a text.
  std::string lines;
  for (const std::string& line : LinesOf(input.message, 320)) {
    lines += (lines.empty() ? "" : "\n") + Escaped(line);
  }
  Value embed;
  embed.Set("title", Escaped(TitleOf(input.message, 120)));
  embed.Set("description", lines);
  embed.Set("color", ColourOf(LevelOf(input.message)));
  embed.Set("timestamp", FormatTimestamp(input.message.at));
  Value mentions;
  mentions.Set("parse", Value::List{});
  Value body;
  body.Set("content", Escaped(TitleOf(input.message, 500)));
  body.Set("embeds", Value::List{std::move(embed)});
  body.Set("allowed_mentions", std::move(mentions));
  return Outgoing(Post(url, body));
}

}  // namespace writ::reconciler::channels
