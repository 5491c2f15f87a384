/**
 * The API of ApsaraMQ for MQTT in its own wire style, as its SDKs call it.
 *
 * <p>Starting points: {@link dev.skein.node.control.rpc.RpcApi} answers; {@link dev.skein.node.control.rpc.RpcDoor}
 * says who asks, by {@link dev.skein.node.control.rpc.RpcSignatures}; {@link dev.skein.node.control.rpc.RpcOperations}
 * does what is asked. {@link dev.skein.node.control.rpc.LegacyApi} is the token service of before.
 */
@NullMarked
package dev.skein.node.control.rpc;

import org.jspecify.annotations.NullMarked;
