#include "vm/base/arena.h"

#include <algorithm>
#include <cstdlib>

namespace refscope::base {

namespace {
constexpr std::size_t kFirstBlockBytes = 16 * 1024;
constexpr std::size_t kLargestBlockBytes = 1024 * 1024;
}  // namespace

void* Arena::allocate_slow(std::size_t size, std::size_t alignment) {
    std::size_t block =
        std::min(kLargestBlockBytes, kFirstBlockBytes << std::min<std::size_t>(blocks_.size(), 6));
    block = std::max(block, size + alignment);
    auto* memory = static_cast<char*>(std::malloc(block));
    if (memory == nullptr) throw std::bad_alloc();
    blocks_.push_back(memory);
    reserved_ += block;
    cursor_ = memory;
    limit_ = memory + block;
    return allocate(size, alignment);
}

void Arena::release() {
    for (auto cleanup = cleanups_.rbegin(); cleanup != cleanups_.rend(); ++cleanup) {
        cleanup->destroy(cleanup->object);
    }
    for (char* block : blocks_) std::free(block);
}

}  // namespace refscope::base
