package dev.skein.connectors.rocketmq;

import org.apache.rocketmq.client.hook.FilterMessageContext;
import org.apache.rocketmq.client.hook.FilterMessageHook;

/** The client has null for an empty body, and then fails to count its bytes and stops to pull from the queue. */
final class EmptyBodies implements FilterMessageHook {
    private static final byte[] EMPTY = {};

    @Override
    public String hookName() {
        return "empty bodies";
    }

    @Override
    public void filterMessage(FilterMessageContext context) {
        context.getMsgList().forEach(message -> {
            if (message.getBody() == null) {
                message.setBody(EMPTY);
            }
        });
    }
}
