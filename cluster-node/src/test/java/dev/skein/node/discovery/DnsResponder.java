package dev.skein.node.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A small DNS server on UDP that knows what it is told. Nobody may keep its answers. */
public final class DnsResponder implements AutoCloseable {
    private static final int HEADER = 12;
    private static final int A = 1;
    private static final int SRV = 33;
    private static final int NO_SUCH_NAME = 3;

    private final DatagramSocket socket;
    private final Map<String, List<String>> services = new ConcurrentHashMap<>();
    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
    private final Queue<String> questions = new ConcurrentLinkedQueue<>();
    private volatile boolean silent;

    private DnsResponder(DatagramSocket socket) {
        this.socket = socket;
    }

    /** Starts at a free port of 127.0.0.1. */
    public static DnsResponder start() {
        try {
            DnsResponder responder = new DnsResponder(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().name("dns").daemon().start(responder::run);
            return responder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code address:port}, as {@code pekko.io.dns.async-dns.nameservers} takes it. */
    public String server() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** SRV records of a name: {@code host:port} each. */
    public void service(String name, List<String> targets) {
        services.put(name, targets);
    }

    /** A records of a name. */
    public void addresses(String name, List<String> numbers) {
        addresses.put(name, numbers);
    }

    /** Answers nothing any more. */
    public void fallSilent() {
        silent = true;
    }

    /** Names that were asked for. */
    public List<String> questions() {
        return List.copyOf(questions);
    }

    private void run() {
        byte[] bytes = new byte[512];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                if (!silent) {
                    byte[] answer = answer(bytes);
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (SocketException e) {
            // closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".").append(new String(query, at + 1, query[at], StandardCharsets.UTF_8));
            at += query[at] + 1;
        }
        int type = ((query[at + 1] & 0xff) << 8) | (query[at + 2] & 0xff);
        String asked = name.toString().toLowerCase(Locale.ROOT);
        questions.add(asked);
        boolean known = services.containsKey(asked) || addresses.containsKey(asked);
        List<String> records = switch (type) {
            case A -> addresses.getOrDefault(asked, List.of());
            case SRV -> services.getOrDefault(asked, List.of());
            default -> List.of();
        };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | (known ? 0 : NO_SUCH_NAME));
        out.writeShort(1);
        out.writeShort(records.size());
        out.writeInt(0);
        out.write(query, HEADER, at + 5 - HEADER);
        for (String record : records) {
            byte[] data = type == A ? InetAddress.getByName(record).getAddress() : target(record);
            out.writeShort(0xc000 | HEADER);
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(0); // how long it may be kept
            out.writeShort(data.length);
            out.write(data);
        }
        return bytes.toByteArray();
    }

    private static byte[] target(String hostAndPort) throws IOException {
        int colon = hostAndPort.lastIndexOf(':');
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeShort(100);
        out.writeShort(Integer.parseInt(hostAndPort.substring(colon + 1)));
        for (String label : hostAndPort.substring(0, colon).split("\\.", -1)) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
