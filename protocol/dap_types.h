// The Debug Adapter Protocol's messages as structs, spelt as the specification spells them. Plain
// values without the JSON library; a source file that encodes or decodes them includes
// `json_codec.h`. The table in `dap_types.def` is the only place where a field is written down.
#pragma once

#include "protocol/json_types.h"

namespace refscope::protocol::dap {

#include "protocol/message_structs.h"

#include "protocol/dap_types.def"

#include "protocol/message_end.h"

// Requests that take nothing, and answers that say nothing but "done".
struct Nothing {};
void encode(nlohmann::json& out, const Nothing& value);
void decode(const nlohmann::json& in, Nothing& out, const DecodePath& at);

}  // namespace refscope::protocol::dap
