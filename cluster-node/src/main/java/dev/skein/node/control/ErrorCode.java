package dev.skein.node.control;

import java.util.Locale;

/** Every code that an error answer can carry; {@code errors.json} describes each. */
public enum ErrorCode {
    /** The body is not JSON. */
    MALFORMED_JSON,
    /** The body has a field that the route does not know. */
    UNKNOWN_FIELD,
    /** A field that the route needs is absent. */
    MISSING_FIELD,
    /** A field has the wrong type or a value out of its range. */
    INVALID_FIELD,
    /** A query parameter is unknown, repeated or out of its range. */
    INVALID_PARAMETER,
    /** What was sent is not HTTP. */
    MALFORMED_REQUEST,
    /** The token is absent or wrong. */
    UNAUTHORIZED,
    /** The Host header is not a loopback name. */
    FORBIDDEN_HOST,
    /** A page of another site asks. */
    FORBIDDEN_ORIGIN,
    /** No such route. */
    NOT_FOUND,
    /** No such instance. */
    INSTANCE_NOT_FOUND,
    /** No such client. */
    CLIENT_NOT_FOUND,
    /** The client has no connection. */
    CLIENT_NOT_CONNECTED,
    /** No such group. */
    GROUP_NOT_FOUND,
    /** No such parent topic. */
    PARENT_TOPIC_NOT_FOUND,
    /** No such rule. */
    RULE_NOT_FOUND,
    /** No such back end is configured. */
    CONNECTOR_NOT_FOUND,
    /** The topic has no retained message. */
    RETAINED_NOT_FOUND,
    /** No such user. */
    USER_NOT_FOUND,
    /** No such access key. */
    ACCESS_KEY_NOT_FOUND,
    /** The instance has no such key. */
    TOKEN_KEY_NOT_FOUND,
    /** The route does not know the method. */
    METHOD_NOT_ALLOWED,
    /** The resource is there already. */
    ALREADY_EXISTS,
    /** The configuration names the resource. */
    CONFIGURED,
    /** The body is longer than the limit. */
    BODY_TOO_LARGE,
    /** The body is not announced as JSON. */
    UNSUPPORTED_MEDIA_TYPE,
    /** A rule of the instance refuses the message. */
    PUBLISH_REFUSED,
    /** The node failed; its log says why. */
    INTERNAL,
    /** The node cannot do it now. */
    UNAVAILABLE;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The code as the API shows it, such as {@code malformed-json}. */
    public String text() {
        return text;
    }
}
