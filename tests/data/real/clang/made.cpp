template <int N> struct Tower { static int of(int x) { return Tower<N - 1>::of(x) + N; } };
template <> struct Tower<0> { static int of(int x) { return x; } };

template <typename T> T most(T a, T b) { return a < b ? b : a; }

int main(int argc, char **argv) {
  return most(Tower<40>::of(argc), argc) + static_cast<int>(most<long>(argv[0][0], 1));
}
