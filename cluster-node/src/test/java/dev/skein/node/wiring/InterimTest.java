package dev.skein.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.LoopbackNetworks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class InterimTest {
    private static final int PORT = 8080;

    @Test
    void processLivesAndIsNotReadyUntilTheNodeTakesTheAddressBack() throws Exception {
        InetSocketAddress address = free();
        Interim interim = new Interim(false);
        interim.open(address);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> live = get(client, address, "/health/live");
            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(live.body()).startsWith("{\"status\":\"ok\"");
            HttpResponse<String> ready = get(client, address, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"ok\":false,\"text\":\"downed by the cluster");
            assertThat(get(client, address, "/api/v1/cluster").statusCode()).isEqualTo(503);
        }
        interim.close();
        try (ServerSocket node = new ServerSocket(address.getPort(), 1, address.getAddress())) {
            assertThat(node.isBound()).isTrue();
            interim.open(address); // in use: it says so and lets the node be
        }
        interim.close();
    }

    @Test
    void addressOfAProcessThatEndsAnswersThatItIsDraining() throws Exception {
        InetSocketAddress address = free();
        Interim inside = new Interim(false);
        inside.ending(address);
        new ServerSocket(address.getPort(), 1, address.getAddress()).close(); // of a node within a test: nothing

        Interim process = new Interim(true);
        process.ending(address);
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, address, "/health/ready").body()).contains("\"name\":\"draining\",\"ok\":false");
        } finally {
            process.close();
        }
    }

    private static InetSocketAddress free() {
        return new InetSocketAddress(LoopbackNetworks.next(73, 1, PORT) + 1, PORT);
    }

    private static HttpResponse<String> get(HttpClient client, InetSocketAddress address, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://" + address.getHostString() + ":" + PORT + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
