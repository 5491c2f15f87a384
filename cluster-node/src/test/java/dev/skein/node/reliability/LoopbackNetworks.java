package dev.skein.node.reliability;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loopback networks of 254 addresses for nodes with fixed ports: no two runs of this JVM have the same one, and two
 * JVMs hardly ever choose the same one at the same moment.
 */
public final class LoopbackNetworks {
    private static final Random RANDOM = new Random(ProcessHandle.current().pid() * 31 + System.nanoTime());
    private static final Set<String> GIVEN = ConcurrentHashMap.newKeySet();
    private static final int ATTEMPTS = 1000;

    private LoopbackNetworks() {}

    /**
     * Such as {@code 127.71.8.}, with the dot at its end.
     *
     * @param second the number after 127, for one kind of run
     * @param last of an address of which {@code ports} must be free
     */
    public static String next(int second, int last, int... ports) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String network = "127." + second + "." + (1 + RANDOM.nextInt(254)) + ".";
            if (GIVEN.add(network) && areFree(network + last, ports)) {
                return network;
            }
        }
        throw new IllegalStateException("127." + second + ".0.0/16: all in use (expected: a free network)");
    }

    private static boolean areFree(String address, int... ports) {
        for (int port : ports) {
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.ofLiteral(address))) {
                // free
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
