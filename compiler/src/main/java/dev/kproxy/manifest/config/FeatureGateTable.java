package dev.kproxy.manifest.config;

/// The feature gates of kube-proxy 1.36.2, as its binary registers them.
final class FeatureGateTable {
  /// A gate a line: its name, its stage, its default (with `!` where it is locked), and the gates
  /// that must be on where this one is.
  ///
  /// It is a constant and no file beside the class: a file has the JVM open each jar at each start.
  static final String TEXT =
      """
      APIResponseCompression beta on
      APIServerIdentity beta on
      APIServerTracing ga on!
      APIServingWithRoutine alpha off
      AggregatedDiscoveryRemoveBetaType deprecated on!
      AllAlpha alpha off
      AllBeta beta off
      AllowDNSOnlyNodeCSR deprecated off
      AllowInsecureKubeletCertificateSigningRequests deprecated off
      AllowOverwriteTerminationGracePeriodSeconds deprecated off!
      AllowParsingUserUIDFromCertAuth beta on
      AllowServiceExternalIPs ga on
      AllowUnsafeMalformedObjectDeletion alpha off
      AnonymousAuthConfigurableEndpoints ga on!
      AnyVolumeDataSource ga on!
      AtomicFIFO beta on
      AuthorizeNodeWithSelectors ga on! AuthorizeWithSelectors
      AuthorizePodWebsocketUpgradeCreatePermission beta on
      AuthorizeWithSelectors ga on!
      BtreeWatchCache ga on!
      CBORServingAndStorage alpha off
      CPUManagerPolicyAlphaOptions alpha off
      CPUManagerPolicyBetaOptions beta on
      CPUManagerPolicyOptions ga on!
      CRDObservedGenerationTracking beta on
      CRDValidationRatcheting ga on!
      CRIListStreaming alpha off
      CSIServiceAccountTokenSecrets ga on!
      CSIVolumeHealth alpha off
      ChangeContainerStatusOnKubeletRestart deprecated off
      ClearingNominatedNodeNameAfterBinding beta on
      ClientsAllowCARotation beta on
      ClientsAllowCBOR alpha off
      ClientsAllowTLSCacheGC beta on
      ClientsPreferCBOR alpha off
      CloudControllerManagerWatchBasedRoutesReconciliation alpha off
      CloudControllerManagerWebhook alpha off
      ClusterTrustBundle beta off
      ClusterTrustBundleProjection beta off ClusterTrustBundle
      ComponentFlagz beta on
      ComponentStatusz beta on
      ConcurrentWatchObjectDecode beta off
      ConsistentListFromCache ga on!
      ConstrainedImpersonation beta on
      ContainerCheckpoint beta on
      ContainerRestartRules beta on
      ContainerStopSignals alpha off
      ContextualLogging beta on
      ControllerManagerReleaseLeaderElectionLockOnExit alpha off
      CoordinatedLeaderElection beta off
      CrossNamespaceVolumeDataSource alpha off
      CustomCPUCFSQuotaPeriod ga on
      CustomResourceFieldSelectors ga on!
      DRAAdminAccess ga on! DynamicResourceAllocation
      DRAConsumableCapacity beta on DynamicResourceAllocation
      DRADeviceBindingConditions beta on DRAResourceClaimDeviceStatus DynamicResourceAllocation
      DRADeviceTaintRules beta off DRADeviceTaints
      DRADeviceTaints beta on DynamicResourceAllocation
      DRAExtendedResource beta on DynamicResourceAllocation
      DRAListTypeAttributes alpha off DynamicResourceAllocation
      DRANodeAllocatableResources alpha off DynamicResourceAllocation
      DRAPartitionableDevices beta on DynamicResourceAllocation
      DRAPrioritizedList ga on DynamicResourceAllocation
      DRAResourceClaimDeviceStatus beta on
      DRAResourceClaimGranularStatusAuthorization beta on DRAResourceClaimDeviceStatus DynamicResourceAllocation
      DRAResourcePoolStatus alpha off DynamicResourceAllocation
      DRASchedulerFilterTimeout beta on DynamicResourceAllocation
      DRAWorkloadResourceClaims alpha off DynamicResourceAllocation GenericWorkload
      DeclarativeValidation ga on!
      DeclarativeValidationBeta beta on DeclarativeValidation
      DeclarativeValidationTakeover deprecated off DeclarativeValidation
      DeploymentReplicaSetTerminatingReplicas beta on
      DetectCacheInconsistency beta on
      DisableAllocatorDualWrite ga on! MultiCIDRServiceAllocator
      DisableCPUQuotaWithExclusiveCPUs deprecated on
      DisableNodeKubeProxyVersion deprecated on!
      DynamicResourceAllocation ga on!
      EnvFiles beta on
      EventedPLEG alpha off
      ExecProbeTimeout ga on!
      ExtendWebSocketsToKubelet beta on NodeDeclaredFeatures
      ExternalServiceAccountTokenSigner ga on!
      GangScheduling alpha off GenericWorkload
      GenericWorkload alpha off
      GitRepoVolumeDriver deprecated off!
      GracefulNodeShutdown beta on
      GracefulNodeShutdownBasedOnPodPriority beta on GracefulNodeShutdown
      HPAConfigurableTolerance beta on
      HPAScaleToZero alpha off
      HostnameOverride beta on
      ImageMaximumGCAge ga on!
      ImageVolume ga on!
      ImageVolumeWithDigest alpha off ImageVolume
      InOrderInformers ga on!
      InOrderInformersBatchProcess beta on
      InPlacePodLevelResourcesVerticalScaling beta on InPlacePodVerticalScaling NodeDeclaredFeatures PodLevelResources
      InPlacePodVerticalScaling ga on!
      InPlacePodVerticalScalingExclusiveCPUs alpha off InPlacePodVerticalScaling
      InPlacePodVerticalScalingExclusiveMemory alpha off InPlacePodVerticalScaling
      InPlacePodVerticalScalingInitContainers beta on InPlacePodVerticalScaling NodeDeclaredFeatures
      InformerResourceVersion ga on
      JobBackoffLimitPerIndex ga on!
      JobManagedBy ga on!
      JobPodReplacementPolicy ga on!
      JobSuccessPolicy ga on!
      KMSv1 deprecated off
      KubeletCgroupDriverFromCRI ga on!
      KubeletCrashLoopBackOffMax beta on
      KubeletEnsureSecretPulledImages beta on
      KubeletFineGrainedAuthz ga on!
      KubeletInUserNamespace alpha off
      KubeletPSI ga on!
      KubeletPodResourcesDynamicResources ga on!
      KubeletPodResourcesGet ga on!
      KubeletPodResourcesListUseActivePods deprecated on
      KubeletRegistrationGetOnExistsOnly deprecated off
      KubeletSeparateDiskGC beta on
      KubeletServiceAccountTokenForCredentialProviders beta on
      KubeletTracing ga on!
      ListFromCacheSnapshot beta on
      LocalStorageCapacityIsolationFSQuotaMonitoring beta off
      LogarithmicScaleDown ga on!
      LoggingAlphaOptions alpha off
      LoggingBetaOptions beta on
      ManifestBasedAdmissionControlConfig alpha off
      MatchLabelKeysInPodAffinity ga on!
      MatchLabelKeysInPodTopologySpread beta on
      MatchLabelKeysInPodTopologySpreadSelectorMerge beta on MatchLabelKeysInPodTopologySpread
      MaxUnavailableStatefulSet beta off
      MemoryQoS alpha off
      MultiCIDRServiceAllocator ga on!
      MutableCSINodeAllocatableCount ga on!
      MutablePVNodeAffinity alpha off
      MutablePodResourcesForSuspendedJobs beta on
      MutableSchedulingDirectivesForSuspendedJobs beta on
      MutatingAdmissionPolicy ga on
      NFTablesProxyMode ga on!
      NativeHistograms alpha off
      NodeDeclaredFeatures beta on
      NodeInclusionPolicyInPodTopologySpread ga on!
      NodeLogQuery ga on!
      NodeSwap ga on!
      NominatedNodeNameForExpectation beta on
      OpenAPIEnums beta on
      OpportunisticBatching beta on
      OrderedNamespaceDeletion ga on!
      PLEGOnDemandRelist beta on
      PersistentVolumeClaimUnusedSinceTime alpha off
      PodAndContainerStatsFromCRI alpha off
      PodCertificateRequest beta off AuthorizeNodeWithSelectors
      PodDeletionCost beta on
      PodLevelResourceManagers alpha off PodLevelResources
      PodLevelResources beta on
      PodLifecycleSleepAction ga on!
      PodLifecycleSleepActionAllowZero ga on! PodLifecycleSleepAction
      PodLogsQuerySplitStreams alpha off
      PodObservedGenerationTracking ga on!
      PodReadyToStartContainersCondition beta on
      PodSchedulingReadiness ga on!
      PodTopologyLabelsAdmission beta on
      PodsAPI alpha off
      PortForwardWebsockets beta on
      PreferSameTrafficDistribution ga on!
      PreventStaticPodAPIReferences beta on
      ProcMountType ga on! UserNamespacesSupport
      QOSReserved alpha off
      RecoverVolumeExpansionFailure ga on!
      RecursiveReadOnlyMounts ga on!
      ReduceDefaultCrashLoopBackOffDecay alpha off
      RelaxedDNSSearchValidation ga on!
      RelaxedEnvironmentVariableValidation ga on!
      RelaxedServiceNameValidation beta on
      ReloadKubeletClientCAFile beta on
      ReloadKubeletServerCertificateFile beta on
      RemoteRequestHeaderUID beta on
      ResilientWatchCacheInitialization ga on!
      ResourceHealthStatus beta on DynamicResourceAllocation
      ResourceHealthStatusMessage beta on ResourceHealthStatus
      RestartAllContainersOnContainerExits beta on ContainerRestartRules NodeDeclaredFeatures
      RetryGenerateName ga on!
      RotateKubeletServerCertificate beta on
      RuntimeClassInImageCriApi alpha off
      SELinuxChangePolicy ga on!
      SELinuxMount beta off
      SELinuxMountReadWriteOncePod ga on!
      SchedulerAsyncAPICalls beta off
      SchedulerAsyncPreemption beta on
      SchedulerPopFromBackoffQ beta on
      SchedulerQueueingHints ga on!
      SeparateCacheWatchRPC deprecated off!
      SeparateTaintEvictionController ga on!
      ServiceAccountNodeAudienceRestriction beta on
      ServiceAccountTokenJTI ga on!
      ServiceAccountTokenNodeBinding ga on! ServiceAccountTokenNodeBindingValidation
      ServiceAccountTokenNodeBindingValidation ga on!
      ServiceAccountTokenPodNodeInfo ga on!
      ServiceCIDRStatusFieldWiping deprecated on
      ShardedListAndWatch alpha off
      SidecarContainers ga on!
      SizeBasedListCostEstimate beta on
      StaleControllerConsistencyDaemonSet beta on AtomicFIFO
      StaleControllerConsistencyJob beta on AtomicFIFO
      StaleControllerConsistencyReplicaSet beta on AtomicFIFO
      StaleControllerConsistencyStatefulSet beta on AtomicFIFO
      StatefulSetSemanticRevisionComparison beta on
      StorageCapacityScoring alpha off
      StorageNamespaceIndex deprecated on
      StorageVersionAPI alpha off APIServerIdentity
      StorageVersionHash beta on
      StorageVersionMigrator beta off
      StreamingCollectionEncodingToJSON ga on!
      StreamingCollectionEncodingToProtobuf ga on!
      StrictIPCIDRValidation beta on
      StructuredAuthenticationConfiguration ga on!
      StructuredAuthenticationConfigurationEgressSelector beta on StructuredAuthenticationConfiguration
      StructuredAuthenticationConfigurationJWKSMetrics beta on StructuredAuthenticationConfiguration
      SupplementalGroupsPolicy ga on!
      SystemdWatchdog ga on!
      TaintTolerationComparisonOperators alpha off
      TokenRequestServiceAccountUIDValidation beta on
      TopologyAwareWorkloadScheduling alpha off GenericWorkload
      TopologyManagerPolicyAlphaOptions alpha off
      TopologyManagerPolicyBetaOptions beta on
      TopologyManagerPolicyOptions ga on!
      TranslateStreamCloseWebsocketRequests beta on
      UnauthenticatedHTTP2DOSMitigation beta on
      UnknownVersionInteroperabilityProxy beta on APIServerIdentity
      UnlockWhileProcessingFIFO beta on
      UserNamespacesHostNetworkSupport alpha off NodeDeclaredFeatures UserNamespacesSupport
      UserNamespacesSupport ga on!
      VolumeAttributesClass ga on!
      VolumeLimitScaling alpha off
      WatchCacheInitializationPostStartHook beta on
      WatchList beta on
      WatchListClient beta on
      WinDSR ga on!
      WinOverlay ga on!
      WindowsCPUAndMemoryAffinity alpha off
      WindowsGracefulNodeShutdown beta on GracefulNodeShutdown
      WindowsHostNetwork deprecated off
      WorkloadAwarePreemption alpha off GangScheduling
      WorkloadWithJob alpha off GenericWorkload
      """;

  private FeatureGateTable() {}
}
