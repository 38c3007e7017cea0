#include "protocol/dap_types.h"

#include "protocol/json_codec.h"

namespace refscope::protocol::dap {

#include "protocol/message_codecs.h"

#include "protocol/dap_types.def"

#include "protocol/message_end.h"

void encode(nlohmann::json& out, const Nothing&) { out = nlohmann::json::object(); }
void decode(const nlohmann::json&, Nothing&, const DecodePath&) {}

}  // namespace refscope::protocol::dap
