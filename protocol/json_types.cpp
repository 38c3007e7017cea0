#include "protocol/json_types.h"

namespace refscope::protocol {

std::string DecodePath::text() const {
    std::string out = parent ? parent->text() : std::string();
    if (key.empty()) return parent ? out + "[" + std::to_string(index) + "]" : out;
    if (!out.empty()) out += '.';
    out += key;
    return out;
}

void DecodePath::fail(std::string_view what) const {
    std::string place = text();
    throw DecodeError((place.empty() ? std::string("the message") : place) + " " +
                      std::string(what));
}

}  // namespace refscope::protocol
