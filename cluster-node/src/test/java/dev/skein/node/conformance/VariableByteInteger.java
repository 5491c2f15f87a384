package dev.skein.node.conformance;

import java.util.Arrays;

/** The variable byte integer: seven bits a byte, low ones first; the high bit says that more come. */
final class VariableByteInteger {
    private static final int MAX_SIZE = 4;

    private VariableByteInteger() {}

    static byte[] encode(int number) {
        byte[] bytes = new byte[MAX_SIZE + 1];
        int size = 0;
        int left = number;
        do {
            int low = left % 128;
            left /= 128;
            bytes[size] = (byte) (left > 0 ? low | 0x80 : low);
            size++;
        } while (left > 0);
        return Arrays.copyOf(bytes, size);
    }

    /** Bytes of the one that begins at {@code at}; -1 when it does not end within four bytes and before {@code end}. */
    static int size(byte[] bytes, int at, int end) {
        for (int size = 1; size <= MAX_SIZE && at + size <= end; size++) {
            if (bytes[at + size - 1] >= 0) {
                return size;
            }
        }
        return -1;
    }

    static int decode(byte[] bytes, int at) {
        int number = 0;
        for (int i = 0; i < MAX_SIZE; i++) {
            number |= (bytes[at + i] & 0x7F) << (7 * i);
            if (bytes[at + i] >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("variable byte integer: longer than four bytes");
    }
}
