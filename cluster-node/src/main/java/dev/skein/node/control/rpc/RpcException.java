package dev.skein.node.control.rpc;

/** A request that is refused, with what its caller is told. Stackless. */
final class RpcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final int status;
    private final String code;

    RpcException(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** With status 400. */
    static RpcException bad(String code, String message) {
        return new RpcException(BAD_REQUEST, code, message);
    }

    /** With status 404. */
    static RpcException notFound(String code, String message) {
        return new RpcException(NOT_FOUND, code, message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
