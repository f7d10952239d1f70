// Teams, by a workflow that takes an adaptive card. Text that others wrote
// stands in runs of rich text, which are never read as Markdown. A message of
// Teams holds 28 KB: five lines of 1,000 are well within.
#include "reconciler/notify/channel.h"

namespace writ::reconciler::channels {
namespace {

Value RichText(const std::string& text, bool heading) {
  Value run;
  run.Set("type", "TextRun");
  run.Set("text", text);
  if (heading) run.Set("weight", "Bolder");
  Value block;
  block.Set("type", "RichTextBlock");
  block.Set("inlines", Value::List{std::move(run)});
  return block;
}

}  // namespace

Result<Outgoing> Teams(const ChannelInput& input) {
  const std::string url = TRY(UrlAt(
      input, "teams",
      {".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"}));
  Value::List content;
  content.push_back(RichText(TitleOf(input.message, 300), true));
  for (const std::string& line : LinesOf(input.message, 1000)) {
    content.push_back(RichText(line, false));
  }
  Value card;
  card.Set("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  card.Set("type", "AdaptiveCard");
  card.Set("version", "1.4");
  card.Set("body", std::move(content));
  Value attachment;
  attachment.Set("contentType", "application/vnd.microsoft.card.adaptive");
  attachment.Set("contentUrl", Value());
  attachment.Set("content", std::move(card));
  Value body;
  body.Set("type", "message");
  body.Set("attachments", Value::List{std::move(attachment)});
  return Outgoing(Post(url, body));
}

}  // namespace writ::reconciler::channels
