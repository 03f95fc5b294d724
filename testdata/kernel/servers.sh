# Makes virtual servers of every kind that ipvsadm can spell.
ipvsadm --set 900 120 300
ipvsadm --restore <<'END'
-A -t 10.96.0.1:443 -s rr
-a -t 10.96.0.1:443 -r 192.168.0.11:6443 -m -w 1
-A -t 10.96.0.10:53 -s wrr -p 10800
-a -t 10.96.0.10:53 -r 10.244.0.2:53 -m -w 3
-a -t 10.96.0.10:53 -r 10.244.0.3:53 -m -w 0
-A -u 10.96.0.10:53 -s lc -p 300 -M 255.255.255.0
-a -u 10.96.0.10:53 -r 10.244.0.2:53 -m -w 65535
-A -u 10.96.0.11:5060 -s rr -p 60 --pe sip
-A -u 10.96.0.12:53 -s rr -o
-a -u 10.96.0.12:53 -r 10.244.0.2:5353 -m
-A --sctp-service 10.96.0.13:132 -s sh -b sh-fallback,sh-port
-A -t 10.96.0.14:80 -s mh -b mh-port
-A -t 10.96.0.15:80 -s sed -b flag-1,flag-3
-A -t 10.96.0.16:0 -s nq -p
-a -t 10.96.0.16:0 -r 10.244.0.4 -m
-A -t 10.96.0.17:80
-a -t 10.96.0.17:80 -r 10.244.0.5:8080
-a -t 10.96.0.17:80 -r 10.244.0.6:8080 -i
-a -t 10.96.0.17:80 -r 10.244.0.7 -i -w 2 --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.96.0.17:80 -r 10.244.0.8 -i -w 2 --tun-type gre --tun-csum
-a -t 10.96.0.17:80 -r [fd00:10::5]:80 -i -w 2
-a -t 10.96.0.17:80 -r 10.244.0.9:80 -m -x 100 -y 50
-A -f 7 -s dh
-a -f 7 -r 10.244.0.5:8080 -m
-a -f 7 -r 10.244.0.6:0 -g
-A -f 7 -6 -s lblc -p 360 -M 64
-a -f 7 -6 -r [fd00:10::5]:8080 -m
-A -t [fd00::1]:443 -s fo
-a -t [fd00::1]:443 -r [fd00:10::5]:6443 -m -w 1
-A -u [fd00::ffff:0:a60:1]:53 -s ovf -p 10800
-A -t [::ffff:10.96.0.1]:53 -s lblcr -p 10800 -M 1
-A -t [::10.96.0.1]:53 -s wlc
END
