package io.github.dropwizardlogdna.local.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The bytes of a request's body. Filled by the server's thread, and read only when it is complete.
 *
 * <p>It grows by blocks, each as large as all previous ones together, up to a limit. So bytes are not copied again, a
 * body that arrives byte by byte does not cost an object a byte, and a small body holds little memory.
 */
public final class Body {

    private static final int SMALLEST_BLOCK = 1_024;
    private static final int LARGEST_BLOCK = 256 * 1_024;

    private static final class Block {

        private final byte[] bytes;
        private int length;

        private Block(int capacity) {
            this.bytes = new byte[capacity];
        }

        private int room() {
            return bytes.length - length;
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private int size;

    void add(ByteBuffer in) {
        while (in.hasRemaining()) {
            Block block = blockWithRoom(in.remaining());
            int length = Math.min(in.remaining(), block.room());
            in.get(block.bytes, block.length, length);
            block.length += length;
            size += length;
        }
    }

    private Block blockWithRoom(int wanted) {
        if (blocks.isEmpty() || blocks.get(blocks.size() - 1).room() == 0) {
            int capacity = Math.max(SMALLEST_BLOCK, Math.max(size, wanted));
            blocks.add(new Block(Math.min(LARGEST_BLOCK, capacity)));
        }
        return blocks.get(blocks.size() - 1);
    }

    public int size() {
        return size;
    }

    public InputStream stream() {
        return new SequenceInputStream(Collections.enumeration(blocks.stream()
                .map(block -> new ByteArrayInputStream(block.bytes, 0, block.length))
                .toList()));
    }
}
