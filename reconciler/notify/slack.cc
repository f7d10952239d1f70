// Slack's incoming webhooks: `text` for notices, `blocks` for the channel. Text
// that others wrote stands in plain_text, where nothing is markup; `text` is
// parsed, so &, < and > are escaped, which takes mentions and links apart.
// Cuts are Slack's: 150 of a header, 3,000 of a section, 50 blocks.
#include "reconciler/notify/channel.h"

namespace writ::reconciler::channels {
namespace {

std::string Parsed(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

Value Block(const char* type, const std::string& text) {
  Value plain;
  plain.Set("type", "plain_text");
  plain.Set("text", text);
  plain.Set("emoji", false);
  Value block;
  block.Set("type", type);
  block.Set("text", std::move(plain));
  return block;
}

}  // namespace

Result<Outgoing> Slack(const ChannelInput& input) {
  const std::string url =
      TRY(UrlAt(input, "slack", {"hooks.slack.com", "hooks.slack-gov.com"}));
  Value::List blocks;
  blocks.push_back(Block("header", TitleOf(input.message, 150)));
  for (const std::string& line : LinesOf(input.message, 1500)) {
    blocks.push_back(Block("section", CutText(line, 3000)));
  }
  Value body;
  body.Set("text", Parsed(TitleOf(input.message, 500)));
  body.Set("parse", "none");
  body.Set("link_names", false);
  body.Set("unfurl_links", false);
  body.Set("unfurl_media", false);
  body.Set("mrkdwn", false);
  body.Set("blocks", std::move(blocks));
  return Outgoing(Post(url, body));
}

}  // namespace writ::reconciler::channels
