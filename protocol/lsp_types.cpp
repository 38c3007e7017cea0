#include "protocol/lsp_types.h"

#include "protocol/json_codec.h"

namespace refscope::protocol::lsp {

#include "protocol/message_codecs.h"

#include "protocol/lsp_base.def"
#include "protocol/lsp_features.def"

#include "protocol/message_end.h"

}  // namespace refscope::protocol::lsp
