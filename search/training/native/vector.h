// Vectors of as many channels as a register holds: sixteen with AVX-512, eight with AVX2.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#ifdef __AVX2__
#include <immintrin.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

#ifdef __AVX512F__
constexpr int LANES = 16, HELD = 14;  // HELD: sums that a kernel keeps in the 32 registers
typedef uint16_t Bits;                // one bit per lane
#else
constexpr int LANES = 8, HELD = 12;  // HELD: of 16 registers
typedef uint8_t Bits;
#endif

constexpr size_t HUGE_PAGE = 1 << 21;

typedef float Vector __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t Lanes __attribute__((vector_size(4 * LANES), may_alias));

static inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
static inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
static inline Vector all(float value) { return Vector{} + value; }

// Start to load the values that are `onward` floats away, or to prepare writing them.
static inline void expect(const float* at, long onward) { __builtin_prefetch(at + onward); }
static inline void expect_write(const float* at, long onward) { __builtin_prefetch(at + onward, 1); }

// at_least passes NaN on, so that a diverging network is detected
static inline Vector at_least(Vector value, Vector low) { return value < low ? low : value; }
static inline Vector where_above(Vector value, Vector low, Vector then) {
    return value > low ? then : Vector{};
}

// Returns the value in lanes with a set bit, and zero elsewhere.
static inline Vector keep(Vector value, Bits bits) {
#ifdef __AVX512F__
    return (Vector)_mm512_maskz_mov_ps(bits, (__m512)value);
#else
    const Lanes lane = {1, 2, 4, 8, 16, 32, 64, 128};
    return (Vector)((Lanes)value & (((Lanes{} + bits) & lane) != 0));
#endif
}

// Returns one bit per lane, set if the lane's sign bit is set.
static inline Bits bits_of(Lanes value) {
#ifdef __AVX512F__
    return _mm512_cmplt_epi32_mask((__m512i)value, _mm512_setzero_si512());
#elif defined(__AVX2__)
    return Bits(_mm256_movemask_ps((__m256)value));
#else
    Bits bits = 0;
    for (int lane = 0; lane < LANES; lane++) bits |= (value[lane] < 0) << lane;
    return bits;
#endif
}

// Zeroed memory, aligned to a cache line.
template <typename T>
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(size_t count) { reset(count); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { std::free(base_); }

    void reset(size_t count) {
        std::free(base_);
        const size_t wanted = count * sizeof(T), unit = wanted < HUGE_PAGE ? 64 : HUGE_PAGE;
        const size_t bytes = ((wanted + 16384) / unit + 1) * unit;
        base_ = static_cast<char*>(std::aligned_alloc(unit, bytes));
        if (!base_) throw std::bad_alloc();
        static int colour = 0;
        data_ = reinterpret_cast<T*>(base_ + (unit == 64 ? 0 : (colour++ % 13) * 1216 / 64 * 64));
#ifdef __linux__
        if (unit == HUGE_PAGE) madvise(base_, bytes, MADV_HUGEPAGE);  // a step reads all of it
#endif
        std::memset(base_, 0, bytes);
        count_ = count;
    }
    void clear() { std::memset(data_, 0, count_ * sizeof(T)); }
    size_t size() const { return count_; }
    operator T*() { return data_; }
    operator const T*() const { return data_; }

  private:
    T* data_ = nullptr;
    char* base_ = nullptr;
    size_t count_ = 0;
};

// SplitMix64, as in search/randomness.py: the number at one position of a seed's stream.
static inline uint64_t drawn(uint64_t seed, uint64_t place) {
    uint64_t mixed = seed + (place + 1) * 0x9E3779B97F4A7C15ull;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
    return mixed ^ (mixed >> 31);
}
