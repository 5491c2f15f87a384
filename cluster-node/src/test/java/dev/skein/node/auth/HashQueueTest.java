package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashQueueTest {
    private static final int MAX = 6;

    private final ArrayDeque<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final HashQueue queue = new HashQueue(threads::add, 1, MAX);

    private void add(String address, boolean failed, String... names) throws UnknownHostException {
        for (String name : names) {
            queue.add("i", InetAddress.getByName(address), failed, new HashQueue.Check() {
                @Override
                public void run() {
                    done.add(name);
                }

                @Override
                public void refused() {
                    refused.add(name);
                }
            });
        }
    }

    private void run() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void addressesTakeTurns() throws UnknownHostException {
        add("10.0.0.1", false, "a1", "a2", "a3");
        add("10.0.0.2", false, "b1");
        assertThat(threads).hasSize(1);
        run();
        assertThat(done).containsExactly("a1", "b1", "a2", "a3");
        add("10.0.0.2", false, "b2");
        run();
        assertThat(done).endsWith("b2");
    }

    @Test
    void whoHasFailedComesAfterTheOthersButNotNever() throws UnknownHostException {
        add("10.0.0.1", true, "bad1", "bad2");
        add("10.0.0.2", false, "b1", "b2", "b3", "b4");
        run();
        assertThat(done).containsExactly("b1", "b2", "b3", "bad1", "b4", "bad2");
    }

    @Test
    void whenItIsFullTheNewestOfWhoHasTheMostIsRefused() throws UnknownHostException {
        add("10.0.0.1", false, "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"); // a thread has the first
        assertThat(refused).containsExactly("a8");
        add("10.0.0.2", false, "b1");
        assertThat(refused).containsExactly("a8", "a7");
        run();
        assertThat(done).containsExactly("a1", "b1", "a2", "a3", "a4", "a5", "a6");
    }

    @Test
    void oneNetworkOfIpv6IsOneAddress() throws UnknownHostException {
        add("2001:db8::1", false, "a1", "a2");
        add("2001:db8::2", false, "a3");
        add("2001:db8:0:1::1", false, "b1");
        run();
        assertThat(done).containsExactly("a1", "b1", "a2", "a3");
    }
}
