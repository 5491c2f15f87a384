package dev.skein.connectors.rocketmq;

import dev.skein.connectors.support.Answer;
import dev.skein.connectors.support.Reasons;
import java.util.Set;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.protocol.ResponseCode;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.jspecify.annotations.Nullable;

/** What the client and the brokers say, in one line with the address. */
final class Failures {
    /** Codes after which the same batch fails again, whenever it is sent. */
    private static final Set<Integer> LASTING = Set.of(ResponseCode.MESSAGE_ILLEGAL);

    private Failures() {}

    static Answer answer(SendResult result, MessageQueue queue) {
        if (result.getSendStatus() == SendStatus.SEND_OK) {
            return Answer.TAKEN;
        }
        return new Answer.Failed("broker " + queue.getBrokerName() + " answers " + result.getSendStatus()
                + " (expected: SEND_OK; it has the message, but not as safe as it is configured to)");
    }

    static Answer answer(Throwable failure, String address) {
        String reason = reason(failure, address);
        return LASTING.contains(code(failure)) ? new Answer.Refused(reason) : new Answer.Failed(reason);
    }

    private static int code(Throwable failure) {
        return switch (failure) {
            case MQBrokerException e -> e.getResponseCode();
            case MQClientException e when e.getCause() != null -> code(e.getCause());
            case MQClientException e -> e.getResponseCode();
            default -> 0;
        };
    }

    /** @param address of who was asked, for failures that do not name him */
    static String reason(Throwable failure, String address) {
        return switch (failure) {
            case MQBrokerException e ->
                "broker " + e.getBrokerAddr() + " answers " + e.getResponseCode() + ": "
                        + Reasons.line(e.getErrorMessage() == null ? "" : e.getErrorMessage());
            case RemotingConnectException e -> "no connection to " + unreachable(e, address);
            case MQClientException e when e.getCause() != null -> reason(e.getCause(), address);
            case MQClientException e -> address + ": " + withoutAdvice(e.getErrorMessage());
            case IllegalStateException e when e.getCause() != null -> reason(e.getCause(), address);
            default -> address + ": " + Reasons.of(failure);
        };
    }

    /** The client says {@code connect to <[host:port]> failed}. */
    private static String unreachable(RemotingConnectException failure, String address) {
        String message = String.valueOf(failure.getMessage());
        int from = message.indexOf('<');
        int to = message.indexOf('>');
        if (from < 0 || to < from) {
            return address;
        }
        String named = message.substring(from + 1, to).replace("[", "").replace("]", "");
        return named.equals("null") || named.isBlank() ? address : named;
    }

    /** The client ends some texts with a link. */
    private static String withoutAdvice(@Nullable String message) {
        String text = message == null ? "" : message;
        int link = text.indexOf("See http");
        return Reasons.line(link < 0 ? text : text.substring(0, link));
    }
}
