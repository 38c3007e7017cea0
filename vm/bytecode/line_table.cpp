#include "vm/bytecode/line_table.h"

namespace refscope::bytecode {

namespace {

// Codes of location entries; 0 to 9 are the short form, by eighths of the column.
constexpr int kOneLine0 = 10;
constexpr int kNoColumns = 13;
constexpr int kLong = 14;
constexpr int kNone = 15;
constexpr int kUnitsPerEntry = 8;

}  // namespace

void LineTableWriter::varint(unsigned value) {
    while (value >= 64) {
        put(0x40 | (value & 63));
        value >>= 6;
    }
    put(static_cast<int>(value));
}

void LineTableWriter::signed_varint(int value) {
    varint(value < 0 ? static_cast<unsigned>(-value) << 1 | 1 : static_cast<unsigned>(value) << 1);
}

void LineTableWriter::add(const Position& at, int units) {
    while (units > kUnitsPerEntry) {
        entry(at, kUnitsPerEntry);
        units -= kUnitsPerEntry;
    }
    entry(at, units);
}

void LineTableWriter::entry(const Position& at, int units) {
    if (at.line < 0) {
        first_byte(kNone, units);
        return;
    }
    int delta = at.line - line_;
    if (at.column < 0 || at.end_column < 0) {
        if (at.end_line == at.line || at.end_line == -1) {
            first_byte(kNoColumns, units);
            signed_varint(delta);
            line_ = at.line;
            return;
        }
    } else if (at.end_line == at.line) {
        int width = at.end_column - at.column;
        if (delta == 0 && at.column < 80 && width >= 0 && width < 16) {
            first_byte(at.column >> 3, units);
            put((at.column & 7) << 4 | width);
            return;
        }
        if (delta >= 0 && delta < 3 && at.column < 128 && at.end_column < 128) {
            first_byte(kOneLine0 + delta, units);
            put(at.column);
            put(at.end_column);
            line_ = at.line;
            return;
        }
    }
    first_byte(kLong, units);
    signed_varint(delta);
    varint(static_cast<unsigned>(at.end_line - at.line));
    varint(static_cast<unsigned>(at.column + 1));
    varint(static_cast<unsigned>(at.end_column + 1));
    line_ = at.line;
}

unsigned LineTableReader::varint() {
    unsigned value = 0;
    unsigned shift = 0;
    int b;
    do {
        b = byte();
        value |= static_cast<unsigned>(b & 63) << shift;
        shift += 6;
    } while ((b & 0x40) && shift < 30);
    return value;
}

int LineTableReader::signed_varint() {
    unsigned value = varint();
    int magnitude = static_cast<int>(value >> 1);
    return value & 1 ? -magnitude : magnitude;
}

bool LineTableReader::next(Position& at, int& units) {
    if (at_ >= table_.size()) return false;
    int first = byte();
    int code = first >> 3 & 15;
    units = (first & 7) + 1;
    at = Position{};
    if (code == kNone) return true;
    if (code < kOneLine0) {
        int second = byte();
        at.column = code << 3 | second >> 4;
        at.end_column = at.column + (second & 15);
    } else if (code < kNoColumns) {
        line_ += code - kOneLine0;
        at.column = byte();
        at.end_column = byte();
    } else {
        line_ += signed_varint();
        if (code == kLong) {
            int lines = static_cast<int>(varint());
            at.column = static_cast<int>(varint()) - 1;
            at.end_column = static_cast<int>(varint()) - 1;
            at.line = line_;
            at.end_line = line_ + lines;
            return true;
        }
    }
    at.line = at.end_line = line_;
    return true;
}

namespace {

void put_number(std::string& table, int value, int start_bit) {
    for (int shift = 24; shift > 0; shift -= 6) {
        if (value >= 1 << shift) {
            table.push_back(static_cast<char>((value >> shift & 63) | 0x40 | start_bit));
            start_bit = 0;
        }
    }
    table.push_back(static_cast<char>((value & 63) | start_bit));
}

bool get_number(std::string_view table, size_t& at, int& value) {
    value = 0;
    while (at < table.size()) {
        int b = static_cast<unsigned char>(table[at++]);
        value = (value & 0x1ffffff) << 6 | (b & 63);
        if (!(b & 0x40)) return true;
    }
    return false;
}

}  // namespace

std::string encode_exception_table(const std::vector<ExceptionEntry>& entries) {
    std::string table;
    for (const ExceptionEntry& entry : entries) {
        put_number(table, entry.start, 0x80);
        put_number(table, entry.end - entry.start, 0);
        put_number(table, entry.target, 0);
        put_number(table, entry.depth << 1 | (entry.lasti ? 1 : 0), 0);
    }
    return table;
}

std::vector<ExceptionEntry> decode_exception_table(std::string_view table) {
    std::vector<ExceptionEntry> entries;
    size_t at = 0;
    while (at < table.size()) {
        int start, length, target, depth_lasti;
        if (!get_number(table, at, start) || !get_number(table, at, length) || !get_number(table, at, target) ||
            !get_number(table, at, depth_lasti)) {
            break;
        }
        entries.push_back({start, start + length, target, depth_lasti >> 1, (depth_lasti & 1) != 0});
    }
    return entries;
}

}  // namespace refscope::bytecode
