// Random numbers from Philox 4x32-10 (Salmon et al., 2011). The key is the seed; the counter words are the stream's
// counter and the number of a group of four 32-bit words. Draws are made in whole blocks, the last one cut off, so that
// an element depends on (seed, counter, i) alone.
#include "families.h"
#include "packet_math.h"
#include "parallel.h"

namespace pykeras::kernels::PYKERAS_ISA {
namespace {

constexpr int block_words = 256, block_groups = block_words / 4;
constexpr int64_t blocks_per_task = 64;

// Vectors of 64-bit lanes whose lower halves are the words; the upper halves hold leftovers that nothing reads.
#if defined(__AVX512F__)
constexpr int lane_bytes = 64;
#elif defined(__AVX2__)
constexpr int lane_bytes = 32;
#else
constexpr int lane_bytes = 16;
#endif
typedef uint64_t Lanes __attribute__((vector_size(lane_bytes)));
constexpr int lanes = lane_bytes / 8;

/// The 64-bit products of the lower halves. By intrinsics: compilers know only the far slower full product.
PYKERAS_INLINE Lanes multiply_low(Lanes x, Lanes y) {
#if defined(__AVX512F__)
  return (Lanes)_mm512_mul_epu32((__m512i)x, (__m512i)y);
#elif defined(__AVX2__)
  return (Lanes)_mm256_mul_epu32((__m256i)x, (__m256i)y);
#elif defined(__SSE2__)
  return (Lanes)_mm_mul_epu32((__m128i)x, (__m128i)y);
#else
  return (x & 0xFFFFFFFFu) * (y & 0xFFFFFFFFu);
#endif
}

/// Words [0, 256) of the given block, word k of group g at [4 * g + k].
void draw_words(uint64_t seed, uint64_t counter, uint64_t block, uint32_t* words) {
  constexpr int sets = 2;  // independent chains hide the latency of the products
  const Lanes zero = {}, factor0 = zero + 0xD2511F53u, factor1 = zero + 0xCD9E8D57u;
  Lanes iota;
  for (int i = 0; i < lanes; ++i) iota[i] = i;
  for (int start = 0; start < block_groups; start += sets * lanes) {
    Lanes w0[sets], w1[sets], w2[sets], w3[sets];
    for (int s = 0; s < sets; ++s) {
      w0[s] = zero + counter;
      w1[s] = zero + (counter >> 32);
      w2[s] = iota + (block * block_groups + start + s * lanes);
      w3[s] = w2[s] >> 32;
    }
    uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const Lanes round_key0 = zero + key0, round_key1 = zero + key1;
#pragma GCC unroll 2
      for (int s = 0; s < sets; ++s) {
        const Lanes product0 = multiply_low(w0[s], factor0), product1 = multiply_low(w2[s], factor1);
        w0[s] = (product1 >> 32) ^ w1[s] ^ round_key0;
        w2[s] = (product0 >> 32) ^ w3[s] ^ round_key1;
        w1[s] = product1;
        w3[s] = product0;
      }
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    for (int s = 0; s < sets; ++s) {
      for (int i = 0; i < lanes; ++i) {
        uint32_t* out = words + 4 * (start + s * lanes + i);
        out[0] = static_cast<uint32_t>(w0[s][i]);
        out[1] = static_cast<uint32_t>(w1[s][i]);
        out[2] = static_cast<uint32_t>(w2[s][i]);
        out[3] = static_cast<uint32_t>(w3[s][i]);
      }
    }
  }
}

template <class T>
constexpr int words_per_element = sizeof(T) / 4;
template <class T>
constexpr int block_elements = block_words / words_per_element<T>;

/// emit(first element, number of elements, words) for every block, the tasks of fixed size in parallel.
template <int elements, class Emit>
void for_blocks(uint64_t seed, uint64_t counter, int64_t n, Emit&& emit) {
  constexpr int64_t task_elements = elements * blocks_per_task;
  parallel_for(blocks_of(n, task_elements), double(n) * 8, [&](int64_t task) {
    uint32_t words[block_words];
    const int64_t end = smaller(n, (task + 1) * task_elements);
    for (int64_t first = task * task_elements; first < end; first += elements) {
      draw_words(seed, counter, static_cast<uint64_t>(first / elements), words);
      emit(first, smaller(elements, end - first), words);
    }
  });
}

/// Multiples of 2^-24 or 2^-53 in [0, 1).
void unit_uniform(const uint32_t* words, float (&u)[block_words]) {
  for (int i = 0; i < block_words; ++i) u[i] = static_cast<float>(static_cast<int32_t>(words[i] >> 8)) * 0x1p-24f;
}
void unit_uniform(const uint32_t* words, double (&u)[block_words / 2]) {
  for (int i = 0; i < block_words / 2; ++i) {
    const uint64_t bits = uint64_t(words[2 * i + 1]) << 32 | words[2 * i];
    u[i] = static_cast<double>(static_cast<int64_t>(bits >> 11)) * 0x1p-53;
  }
}

/// Box-Muller: two words make the radius and the angle of two elements.
void standard_normal(const uint32_t* words, float (&z)[block_words]) {
  using P = Packet<float>;
  constexpr int pairs = block_words / 2;
  float radius[pairs], angle[pairs];
  for (int i = 0; i < pairs; ++i) {
    // 31 bits and a half: never 0, and the tail reaches 6.6 standard deviations.
    radius[i] = (static_cast<float>(static_cast<int32_t>(words[2 * i] >> 1)) + 0.5f) * 0x1p-31f;
    angle[i] = static_cast<float>(static_cast<int32_t>(words[2 * i + 1] >> 8)) * (0x1p-24f * 6.28318530717958648f);
  }
  for (int i = 0; i < pairs; i += P::width) {
    const P r = sqrt(splat<float>(-2) * min(log(P::load(radius + i)), P::zero())), a = P::load(angle + i);
    (r * cos(a)).store(radius + i);
    (r * sin(a)).store(angle + i);
  }
  for (int i = 0; i < pairs; ++i) {
    z[2 * i] = radius[i];
    z[2 * i + 1] = angle[i];
  }
}
void standard_normal(const uint32_t* words, double (&z)[block_words / 2]) {
  unit_uniform(words, z);
  for (int i = 0; i < block_words / 2; i += 2) {
    const double radius = ::sqrt(-2 * ::log1p(-z[i])), angle = 6.28318530717958648 * z[i + 1];
    z[i] = radius * ::cos(angle);
    z[i + 1] = radius * ::sin(angle);
  }
}

constexpr double erf_of_two_sigma = 0.95449973610364158;  // erf(sqrt(2))

/// The inverse distribution function over the central 95.4 %.
void central_normal(const uint32_t* words, float (&z)[block_words]) {
  using P = Packet<float>;
  constexpr float coefficients[] = {2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f,
                                    -0.00125372503f, -0.00417768164f, 0.246640727f,    1.50140941f};
  const P one = splat<float>(1), two = splat<float>(2);
  unit_uniform(words, z);
  for (int i = 0; i < block_words; i += P::width) {
    const P y = (two * P::load(z + i) - one) * splat<float>(erf_of_two_sigma);
    const P w = -log((one - y) * (one + y)) - splat<float>(2.5);
    max(min(polynomial(w, coefficients) * y * splat<float>(1.41421356237309505), two), -two).store(z + i);
  }
}
void central_normal(const uint32_t* words, double (&z)[block_words / 2]) {
  unit_uniform(words, z);
  for (double& value : z) {
    const double quantile = 1.41421356237309505 * scalar_erfinv((2 * value - 1) * erf_of_two_sigma);
    value = quantile > 2 ? 2 : quantile < -2 ? -2 : quantile;
  }
}

inline float before(float value) { return ::nextafterf(value, -HUGE_VALF); }
inline double before(double value) { return ::nextafter(value, -HUGE_VAL); }

}  // namespace

template <class T>
void random_uniform(uint64_t seed, uint64_t counter, int64_t n, T low, T high, T* out) {
  const T range = high - low, last = high > low ? before(high) : low;  // rounding must not reach `high`
  for_blocks<block_elements<T>>(seed, counter, n, [&](int64_t first, int64_t count, const uint32_t* words) {
    T u[block_elements<T>];
    unit_uniform(words, u);
    for (int64_t i = 0; i < count; ++i) {
      const T value = low + range * u[i];
      out[first + i] = value < last ? value : last;
    }
  });
}

template <class T>
void random_normal(uint64_t seed, uint64_t counter, int64_t n, T mean, T stddev, T* out) {
  for_blocks<block_elements<T>>(seed, counter, n, [&](int64_t first, int64_t count, const uint32_t* words) {
    T z[block_elements<T>];
    standard_normal(words, z);
    for (int64_t i = 0; i < count; ++i) out[first + i] = mean + stddev * z[i];
  });
}

template <class T>
void truncated_normal(uint64_t seed, uint64_t counter, int64_t n, T mean, T stddev, T* out) {
  for_blocks<block_elements<T>>(seed, counter, n, [&](int64_t first, int64_t count, const uint32_t* words) {
    T z[block_elements<T>];
    central_normal(words, z);
    for (int64_t i = 0; i < count; ++i) out[first + i] = mean + stddev * z[i];
  });
}

template <class T>
void dropout(uint64_t seed, uint64_t counter, int64_t n, double rate, const T* x, T* y) {
  if (!(rate < 1)) {
    for (int64_t i = 0; i < n; ++i) y[i] = 0;
    return;
  }
  const double bound = rate > 0 ? ::ceil(rate * 0x1p32) : 0;
  const uint32_t threshold = bound < 0xFFFFFFFFu ? static_cast<uint32_t>(bound) : 0xFFFFFFFFu;
  const T scale = static_cast<T>(1 / (1 - rate));
  for_blocks<block_words>(seed, counter, n, [&](int64_t first, int64_t count, const uint32_t* words) {
    const T* in = x + first;
    T* out = y + first;
#pragma GCC ivdep
    for (int64_t i = 0; i < count; ++i) {
      const T kept = in[i] * scale;
      out[i] = words[i] >= threshold ? kept : T(0);
    }
  });
}

#define PYKERAS_INSTANTIATE(T)                                              \
  template void random_uniform<T>(uint64_t, uint64_t, int64_t, T, T, T*);   \
  template void random_normal<T>(uint64_t, uint64_t, int64_t, T, T, T*);    \
  template void truncated_normal<T>(uint64_t, uint64_t, int64_t, T, T, T*); \
  template void dropout<T>(uint64_t, uint64_t, int64_t, double, const T*, T*);
PYKERAS_INSTANTIATE(float)
PYKERAS_INSTANTIATE(double)
#undef PYKERAS_INSTANTIATE

}  // namespace pykeras::kernels::PYKERAS_ISA
