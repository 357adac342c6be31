/* What a compiled kernel would give: the arithmetic of one bootstrap draw of PoliticalDemocracy (p = 11, m = 3, q = 31) in plain C.
 *
 * Not a fit: it runs, on made-up numbers of the right sizes, the same operations that engines/sem/batch.py runs for a draw: seven
 * gradients (implied covariance, its inverse, Q = W - WSW, Z'QZ and the gather), two Hessians (Z'WZ and the gather of half of it)
 * with two inverses of 31 x 31, and four BFGS updates.  It prints microseconds per draw on one core.
 *
 * cc -O3 -march=native benchmarks/sem_kernel.c -o /tmp/sem_kernel -lm && /tmp/sem_kernel
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { P = 11, M = 3, D = P + 2 * M, Q = 31, DRAWS = 20000 };

static void product(const double *a, const double *b, double *c, int n, int k, int m) {
    memset(c, 0, sizeof(double) * n * m);
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            for (int j = 0; j < m; j++) c[i * m + j] += a[i * k + l] * b[l * m + j];
}

static void inverse(double *a, int n) { /* Gauss-Jordan of a positive-definite matrix, in place */
    for (int k = 0; k < n; k++) {
        double pivot = 1.0 / a[k * n + k];
        a[k * n + k] = 1.0;
        for (int j = 0; j < n; j++) a[k * n + j] *= pivot;
        for (int i = 0; i < n; i++) {
            if (i == k) continue;
            double factor = a[i * n + k];
            a[i * n + k] = 0.0;
            for (int j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
        }
    }
}

int main(void) {
    static double lambda[P * M], beta[M * M], psi[M * M], s[P * P], z[P * D], zt[D * P], sigma[P * P], w[P * P], t[P * P], q[P * P];
    static double tall[P * D], zwz[D * D], zqz[D * D], h[Q * Q], first[M * M], c[M * M], lt[M * P], g[Q], step[Q], hy[Q];
    int left[Q], right[Q];
    double sum = 0.0;
    for (int i = 0; i < Q; i++) left[i] = i % P, right[i] = P + i % (2 * M);
    for (int i = 0; i < P * P; i++) s[i] = (i % (P + 1) == 0) ? 2.0 : 0.3;
    clock_t start = clock();
    for (int draw = 0; draw < DRAWS; draw++) {
        for (int i = 0; i < P * M; i++) lambda[i] = 0.5 + 1e-9 * draw + 0.01 * (i % 7);
        for (int i = 0; i < M * M; i++) beta[i] = (i % 4 == 0) ? 1.0 : 0.1, psi[i] = (i % 4 == 0) ? 1.0 : 0.2;
        for (int pass = 0; pass < 7; pass++) {
            product(beta, psi, first, M, M, M), product(first, beta, c, M, M, M);
            for (int i = 0; i < P; i++)
                for (int j = 0; j < M; j++) lt[j * P + i] = lambda[i * M + j];
            product(lambda, c, tall, P, M, M), product(tall, lt, sigma, P, M, P);
            for (int i = 0; i < P; i++) sigma[i * P + i] += 1.0;
            for (int i = 0; i < P; i++)
                for (int j = 0; j < D; j++) z[i * D + j] = j < P ? (i == j) : tall[i * M + (j - P) % M], zt[j * P + i] = z[i * D + j];
            memcpy(w, sigma, sizeof w), inverse(w, P);
            product(w, s, t, P, P, P), product(t, w, q, P, P, P);
            for (int i = 0; i < P * P; i++) q[i] = w[i] - q[i];
            product(q, z, tall, P, P, D), product(zt, tall, zqz, D, P, D);
            for (int i = 0; i < Q; i++) g[i] = zqz[left[i] * D + right[i]];
            if (pass < 2) {
                product(w, z, tall, P, P, D), product(zt, tall, zwz, D, P, D);
                for (int k = 0; k < Q; k++)
                    for (int l = k; l < Q; l++) {
                        int aa = left[k] * D + left[l], bb = right[k] * D + right[l], ab = left[k] * D + right[l], ba = right[k] * D + left[l];
                        double value = zwz[aa] * (zwz[bb] - zqz[bb]) + zwz[ab] * (zwz[ba] - zqz[ba]) - zwz[bb] * zqz[aa] - zwz[ba] * zqz[ab];
                        h[k * Q + l] = h[l * Q + k] = (k == l ? 40.0 : 0.0) + 1e-3 * value;
                    }
                inverse(h, Q);
            }
            product(h, g, step, Q, Q, 1);
            if (pass > 2) {
                product(h, step, hy, Q, Q, 1);
                for (int i = 0; i < Q; i++)
                    for (int j = 0; j < Q; j++) h[i * Q + j] += 1e-6 * (step[i] * step[j] - hy[i] * step[j] - step[i] * hy[j]);
            }
            sum += step[pass];
        }
    }
    printf("%.1f microseconds per draw (checksum %g)\n", 1e6 * (double)(clock() - start) / CLOCKS_PER_SEC / DRAWS, sum);
    return 0;
}
