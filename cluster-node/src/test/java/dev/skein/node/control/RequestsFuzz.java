package dev.skein.node.control;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Targets and bodies of requests to the control API: read, or refused with one of its codes. */
public final class RequestsFuzz {
    private static final List<Endpoint> ENDPOINTS =
            new ControlRoutes(new FakeNode().ports(), new Scrapes(() -> "", Runnable::run)).all();

    private RequestsFuzz() {}

    /** The first byte says what the others are. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        try {
            if ((data[0] & 1) == 0) {
                body(bytes);
            } else {
                Target target = Target.parse("/" + new String(bytes, StandardCharsets.UTF_8));
                new Dispatch(ENDPOINTS).find((data[0] & 2) == 0 ? "GET" : "DELETE", target);
            }
        } catch (ControlException e) {
            Answer.error(e.code(), String.valueOf(e.getMessage())).bytes();
        }
    }

    private static void body(byte[] bytes) {
        Fields fields = Fields.parse(bytes, MessageFields.NAMES);
        fields.optionalText("topic");
        fields.integer("qos", 0, 2, 0);
        fields.flag("retain");
        fields.text("payload");
    }
}
