// Arena: bump allocation for objects that live and die together, such as one syntax tree.
//
// The arena owns everything made in it and frees it at once. Objects with a destructor that matters
// are remembered and destroyed in reverse order; all others cost nothing at the end. Addresses are
// stable, also when the arena is moved. Not thread-safe: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace refscope::base {

// A view of objects that lie in an arena. Copying copies the view, never the elements.
template <class T>
class Sequence {
  public:
    constexpr Sequence() = default;
    constexpr Sequence(T* data, std::size_t size)
        : data_(data), size_(static_cast<std::uint32_t>(size)) {}

    constexpr T* begin() const { return data_; }
    constexpr T* end() const { return data_ + size_; }
    constexpr T* data() const { return data_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr T& operator[](std::size_t index) const { return data_[index]; }
    constexpr T& front() const { return data_[0]; }
    constexpr T& back() const { return data_[size_ - 1]; }

  private:
    T* data_ = nullptr;
    std::uint32_t size_ = 0;
};

class Arena {
  public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    Arena(Arena&& other) noexcept { swap(other); }
    Arena& operator=(Arena&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Arena() { release(); }

    void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
        auto address =
            (reinterpret_cast<std::uintptr_t>(cursor_) + alignment - 1) & ~(alignment - 1);
        if (cursor_ == nullptr || address + size > reinterpret_cast<std::uintptr_t>(limit_)) {
            return allocate_slow(size, alignment);
        }
        cursor_ = reinterpret_cast<char*>(address + size);
        return reinterpret_cast<void*>(address);
    }

    template <class T, class... Args>
    T* make(Args&&... args) {
        T* object = new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
        if constexpr (!std::is_trivially_destructible_v<T>) {
            cleanups_.push_back({object, [](void* address) { static_cast<T*>(address)->~T(); }});
        }
        return object;
    }

    template <class T>
    Sequence<T> copy(const T* data, std::size_t size) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (size == 0) return {};
        auto* target = static_cast<T*>(allocate(size * sizeof(T), alignof(T)));
        std::memcpy(static_cast<void*>(target), data, size * sizeof(T));
        return {target, size};
    }
    template <class T>
    Sequence<T> copy(const std::vector<T>& items) {
        return copy(items.data(), items.size());
    }
    template <class T>
    Sequence<T> list(std::initializer_list<T> items) {
        return copy(items.begin(), items.size());
    }
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        auto* target = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(target, text.data(), text.size());
        return {target, text.size()};
    }

    // Bytes taken from the system, for statistics and limits.
    std::size_t reserved() const { return reserved_; }

  private:
    struct Cleanup {
        void* object;
        void (*destroy)(void*);
    };

    void* allocate_slow(std::size_t size, std::size_t alignment);
    void release();
    void swap(Arena& other) noexcept {
        std::swap(cursor_, other.cursor_);
        std::swap(limit_, other.limit_);
        std::swap(reserved_, other.reserved_);
        blocks_.swap(other.blocks_);
        cleanups_.swap(other.cleanups_);
    }

    char* cursor_ = nullptr;
    char* limit_ = nullptr;
    std::size_t reserved_ = 0;
    std::vector<char*> blocks_;
    std::vector<Cleanup> cleanups_;
};

}  // namespace refscope::base
