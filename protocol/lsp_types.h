// The Language Server Protocol's messages as structs, spelt as the specification spells them. Plain
// values without the JSON library; a source file that encodes or decodes them includes
// `lsp_dispatch.h` or `json_codec.h`. The tables `lsp_base.def` and `lsp_features.def` are the only
// places where a field is written down. Numbered enumerations are integers with the names below.
#pragma once

#include "protocol/json_types.h"

namespace refscope::protocol::lsp {

#include "protocol/message_structs.h"

#include "protocol/lsp_base.def"
#include "protocol/lsp_features.def"

#include "protocol/message_end.h"

namespace TextDocumentSyncKind {
enum : Int { kNone = 0, kFull = 1, kIncremental = 2 };
}
namespace DiagnosticSeverity {
enum : Int { kError = 1, kWarning = 2, kInformation = 3, kHint = 4 };
}
namespace DiagnosticTag {
enum : Int { kUnnecessary = 1, kDeprecated = 2 };
}
namespace MessageType {
enum : Int { kError = 1, kWarning = 2, kInfo = 3, kLog = 4 };
}
namespace DocumentHighlightKind {
enum : Int { kText = 1, kRead = 2, kWrite = 3 };
}
namespace InlayHintKind {
enum : Int { kType = 1, kParameter = 2 };
}
namespace InsertTextFormat {
enum : Int { kPlainText = 1, kSnippet = 2 };
}
namespace SymbolKind {
enum : Int {
    kFile = 1, kModule, kNamespace, kPackage, kClass, kMethod, kProperty, kField, kConstructor,
    kEnum, kInterface, kFunction, kVariable, kConstant, kString, kNumber, kBoolean, kArray,
    kObject, kKey, kNull, kEnumMember, kStruct, kEvent, kOperator, kTypeParameter
};
}
namespace CompletionItemKind {
enum : Int {
    kText = 1, kMethod, kFunction, kConstructor, kField, kVariable, kClass, kInterface, kModule,
    kProperty, kUnit, kValue, kEnum, kKeyword, kSnippet, kColor, kFile, kReference, kFolder,
    kEnumMember, kConstant, kStruct, kEvent, kOperator, kTypeParameter
};
}

}  // namespace refscope::protocol::lsp
