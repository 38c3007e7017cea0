// CPython 3.11's location table (co_linetable): one entry for each run of at most eight code units with one source range, as
// described in CPython's Objects/locations.md. Pure functions over bytes.
#pragma once

#include <string>
#include <string_view>

#include "vm/bytecode/code_unit.h"

namespace refscope::bytecode {

class LineTableWriter {
  public:
    explicit LineTableWriter(int first_line) : line_(first_line) {}

    /// The next instruction covers `units` code units, caches and extended arguments included.
    void add(const Position& at, int units);
    std::string take() { return std::move(bytes_); }

  private:
    void entry(const Position& at, int units);
    void first_byte(int code, int units) { put(0x80 | code << 3 | (units - 1)); }
    void put(int byte) { bytes_.push_back(static_cast<char>(byte)); }
    void varint(unsigned value);
    void signed_varint(int value);

    int line_;
    std::string bytes_;
};

/// Reads entries in order; a damaged table ends early.
class LineTableReader {
  public:
    LineTableReader(std::string_view table, int first_line) : table_(table), line_(first_line) {}

    /// False at the end; else the next entry's range and length.
    bool next(Position& at, int& units);

  private:
    unsigned varint();
    int signed_varint();
    int byte() { return at_ < table_.size() ? static_cast<unsigned char>(table_[at_++]) : 0; }

    std::string_view table_;
    size_t at_ = 0;
    int line_;
};

/// CPython's exception table (co_exceptiontable): six bits a byte, the highest bit marks the start of an entry.
std::string encode_exception_table(const std::vector<ExceptionEntry>& entries);
std::vector<ExceptionEntry> decode_exception_table(std::string_view table);

}  // namespace refscope::bytecode
