#include "vm/bytecode/serialize.h"

#include <bit>
#include <unordered_map>

#include "vm/bytecode/validator.h"

namespace refscope::bytecode {

namespace {

constexpr std::string_view kMagic = "RSCU";
/// Nesting of tuples and code that is believed; what the compiler makes is far below.
constexpr int kMaxDepth = 1000;

class Writer {
  public:
    std::string bytes;

    void number(uint64_t value) {
        while (value >= 0x80) {
            bytes.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        bytes.push_back(static_cast<char>(value));
    }
    void text(std::string_view value) {
        number(value.size());
        bytes += value;
    }
    void texts(const std::vector<std::string>& values) {
        number(values.size());
        for (const std::string& value : values) text(value);
    }
    void real(double value) {
        uint64_t bits = std::bit_cast<uint64_t>(value);
        for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(bits >> shift));
    }

    /// An index + 1 of a constant written before, or 0 and the constant itself.
    void constant(const ConstantRef& value) {
        auto [found, inserted] = known_.try_emplace(value.get(), known_.size() + 1);
        if (!inserted) {
            number(found->second);
            return;
        }
        number(0);
        bytes.push_back(static_cast<char>(static_cast<int>(value->kind) | (value->interned ? 0x80 : 0)));
        switch (value->kind) {
            case Constant::Kind::kInt: text(value->integer.to_string(16)); break;
            case Constant::Kind::kComplex:
                real(value->real);
                real(value->imag);
                break;
            case Constant::Kind::kFloat: real(value->real); break;
            case Constant::Kind::kStr:
            case Constant::Kind::kBytes: text(value->text); break;
            case Constant::Kind::kTuple:
            case Constant::Kind::kFrozenSet:
                number(value->items.size());
                for (const ConstantRef& item : value->items) constant(item);
                break;
            case Constant::Kind::kCode: code(*value->code); break;
            default: break;
        }
    }

    void code(const CodeUnit& unit) {
        text(unit.name);
        text(unit.qualname);
        text(unit.filename);
        for (int value : {unit.argcount, unit.posonlyargcount, unit.kwonlyargcount, unit.nlocals, unit.stacksize,
                          static_cast<int>(unit.flags), unit.firstlineno}) {
            number(static_cast<uint64_t>(value));
        }
        number(unit.code.size());
        for (uint16_t word : unit.code) {
            bytes.push_back(static_cast<char>(word & 0xff));
            bytes.push_back(static_cast<char>(word >> 8));
        }
        number(unit.consts.size());
        for (const ConstantRef& value : unit.consts) constant(value);
        texts(unit.names);
        texts(unit.localsplusnames);
        text(std::string_view(reinterpret_cast<const char*>(unit.localspluskinds.data()), unit.localspluskinds.size()));
        text(unit.linetable);
        text(unit.exceptiontable);
    }

  private:
    std::unordered_map<const Constant*, uint64_t> known_;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    bool failed() const { return failed_; }
    bool at_end() const { return at_ == bytes_.size(); }

    uint64_t number() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = byte();
            value |= static_cast<uint64_t>(b & 0x7f) << shift;
            if (!(b & 0x80)) return value;
        }
        failed_ = true;
        return 0;
    }
    /// A count of things that take at least one byte each.
    size_t count() {
        uint64_t value = number();
        if (value > bytes_.size() - at_) failed_ = true;
        return failed_ ? 0 : static_cast<size_t>(value);
    }
    std::string text() {
        size_t size = count();
        std::string value(bytes_.substr(at_, size));
        at_ += size;
        return value;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> values(count());
        for (std::string& value : values) value = text();
        return values;
    }
    double real() {
        uint64_t bits = 0;
        for (int shift = 0; shift < 64; shift += 8) bits |= static_cast<uint64_t>(byte()) << shift;
        return std::bit_cast<double>(bits);
    }

    ConstantRef constant(int depth) {
        uint64_t index = number();
        if (index) {
            if (index <= known_.size() && known_[index - 1]) return known_[index - 1];
            failed_ = true;
            return Constant::none();
        }
        int tag = byte();
        size_t slot = known_.size();
        known_.emplace_back();
        ConstantRef value = content(tag & 0x7f, tag & 0x80, depth);
        known_[slot] = value;
        return value;
    }

    std::shared_ptr<CodeUnit> code(int depth) {
        auto unit = std::make_shared<CodeUnit>();
        unit->name = text();
        unit->qualname = text();
        unit->filename = text();
        int flags = 0;
        for (int* field : {&unit->argcount, &unit->posonlyargcount, &unit->kwonlyargcount, &unit->nlocals, &unit->stacksize,
                           &flags, &unit->firstlineno}) {
            *field = static_cast<int>(number());
        }
        unit->flags = static_cast<uint32_t>(flags);
        unit->code.resize(count());
        for (uint16_t& word : unit->code) {
            int low = byte();
            word = static_cast<uint16_t>(low | byte() << 8);
        }
        unit->consts.resize(count());
        for (ConstantRef& value : unit->consts) value = failed_ ? Constant::none() : constant(depth + 1);
        unit->names = texts();
        unit->localsplusnames = texts();
        std::string kinds = text();
        unit->localspluskinds.assign(kinds.begin(), kinds.end());
        unit->linetable = text();
        unit->exceptiontable = text();
        return unit;
    }

  private:
    int byte() {
        if (at_ < bytes_.size()) return static_cast<unsigned char>(bytes_[at_++]);
        failed_ = true;
        return 0;
    }

    ConstantRef content(int kind, bool interned, int depth) {
        if (depth > kMaxDepth || kind > static_cast<int>(Constant::Kind::kCode)) failed_ = true;
        if (failed_) return Constant::none();
        switch (static_cast<Constant::Kind>(kind)) {
            case Constant::Kind::kNone: return Constant::none();
            case Constant::Kind::kTrue: return Constant::boolean(true);
            case Constant::Kind::kFalse: return Constant::boolean(false);
            case Constant::Kind::kEllipsis: return Constant::ellipsis();
            case Constant::Kind::kInt: {
                auto value = base::BigInt::parse(text(), 16);
                if (!value) failed_ = true;
                return Constant::of_int(value ? *value : base::BigInt(0));
            }
            case Constant::Kind::kFloat: return Constant::of_float(real());
            case Constant::Kind::kComplex: {
                double re = real();
                return Constant::of_complex(re, real());
            }
            case Constant::Kind::kStr: return Constant::str(text(), interned);
            case Constant::Kind::kBytes: return Constant::bytes(text());
            case Constant::Kind::kTuple:
            case Constant::Kind::kFrozenSet: {
                std::vector<ConstantRef> items(count());
                for (ConstantRef& item : items) item = failed_ ? Constant::none() : constant(depth + 1);
                return static_cast<Constant::Kind>(kind) == Constant::Kind::kTuple ? Constant::tuple(std::move(items))
                                                                                    : Constant::frozenset(std::move(items));
            }
            case Constant::Kind::kCode: return Constant::of_code(code(depth));
        }
        return Constant::none();
    }

    std::string_view bytes_;
    size_t at_ = 0;
    bool failed_ = false;
    std::vector<ConstantRef> known_;
};

}  // namespace

std::string serialize(const CodeUnit& code) {
    Writer writer;
    writer.bytes = kMagic;
    writer.number(kSerialVersion);
    writer.code(code);
    return std::move(writer.bytes);
}

CodeUnitRef deserialize(std::string_view bytes) {
    if (!bytes.starts_with(kMagic)) return nullptr;
    Reader reader(bytes.substr(kMagic.size()));
    if (reader.number() != kSerialVersion) return nullptr;
    CodeUnitRef code = reader.code(0);
    if (reader.failed() || !reader.at_end() || validate(*code)) return nullptr;
    return code;
}

}  // namespace refscope::bytecode
