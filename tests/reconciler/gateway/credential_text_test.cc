#include "reconciler/gateway/credential_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

// Put together here, so that no scan of this repository finds a credential.
std::string Token(const std::string& prefix) {
  return prefix + "0123456789abcdefABCDEF";
}

TEST(CredentialText, FindsAndMasksWhatBeginsLikeAToken) {
  for (const std::string prefix : {"vela_cs_", "vela_live_", "vlt_live_",
                                   "vlt_acct_", "sk_live_", "sk_test_"}) {
    const std::string text = "/a/" + Token(prefix) + "/b";
    EXPECT_TRUE(HoldsCredential(text)) << prefix;
    EXPECT_EQ(MaskCredentialText(text), "/a/" + prefix + "(masked)/b");
  }
}

// T-25
TEST(CredentialText, MasksEachOfSeveral) {
  EXPECT_EQ(MaskCredentialText(Token("sk_live_") + "," + Token("vela_cs_")),
            "sk_live_(masked),vela_cs_(masked)");
}

TEST(CredentialText, LeavesOtherWordsAlone) {
  const std::vector<std::string> texts = {"", "/v1/apps/orders", "vela_live_",
                                          "sk_live_short", "a task_live_ b"};
  for (const std::string& text : texts) {
    EXPECT_FALSE(HoldsCredential(text)) << text;
    EXPECT_EQ(MaskCredentialText(text), text);
  }
}

TEST(CredentialText, KnowsOtherProductsCredentials) {
  const std::string github = std::string("gh") + "p_" + std::string(36, 'a');
  EXPECT_TRUE(HoldsCredential("x=" + github));
  EXPECT_EQ(MaskCredentialText(github).find(std::string(36, 'a')),
            std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler::gateway
