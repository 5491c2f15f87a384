package dev.skein.node.model;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.HexFormat;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator finds in the log why a client is not served, also when it speaks another protocol. */
@ExtendWith(Model.Extension.class)
class RefusalWordsIT {
    private static final int DEADLINE_MILLIS = 10_000;

    private final Model model;

    RefusalWordsIT(Model model) {
        this.model = model;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1603010200 0100 | invalid param: TLS handshake on a listener without TLS",
                "474554202f20485454502f312e310d0a | invalid param: HTTP request on an MQTT listener",
                "50555420 | invalid param: HTTP request on an MQTT listener",
                "100e 00044d515454 06 02 003c 00 000170 | protocol level: 6 of MQTT (expected: 3 of MQIsdp, which is",
                "100f 00064d5149736470 04 02 003c 000170 | protocol level: 4 of MQIsdp (expected: 3 of MQIsdp",
                "100e 00064d5149736470 03 02 003c 0000 | client ID: empty (expected: 1 to 23 characters",
                "100c 00044d515454 04 00 003c 0000 | client ID: empty (expected: one, or a clean session)",
            })
    void refusalNamesWhatCame(String bytes, String line) throws IOException {
        try (Socket socket = new Socket(
                model.node().address().getAddress(), model.node().address().getPort())) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(HexFormat.of().parseHex(bytes.replace(" ", "")));
            socket.getInputStream().readAllBytes();

            model.awaitLine("127.0.0.1:" + socket.getLocalPort(), line);
        }
    }
}
