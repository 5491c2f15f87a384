package dev.skein.node.control.rpc;

import dev.skein.node.auth.DeviceService;
import dev.skein.node.auth.TokenService;
import dev.skein.node.control.ClientDirectory;
import dev.skein.node.control.MessagePublisher;
import dev.skein.node.control.RegistryAdmin;
import dev.skein.node.registry.InstanceViews;
import java.time.InstantSource;

/**
 * What the API asks of the node.
 *
 * @param clients who is connected
 * @param publisher publishes messages
 * @param registry groups
 * @param tokens makes tokens and takes them back
 * @param devices credentials of devices
 * @param views instances with their access keys
 * @param clock by which requests are too old
 */
public record RpcPorts(
        ClientDirectory clients,
        MessagePublisher publisher,
        RegistryAdmin registry,
        TokenService tokens,
        DeviceService devices,
        InstanceViews views,
        InstantSource clock) {}
