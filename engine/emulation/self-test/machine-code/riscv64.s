# System call: number in a7, arguments in a0 to a5, result in a0.

.section look, "ax"
    li a0, 1
    mv a1, sp
    li a2, LOOK_STACK
    li a7, 64               # write
    ecall
    li a0, 1
    ld a1, 8(sp)
    li a2, LOOK_NAME
    li a7, 64
    ecall
    li a0, 0
    li a7, 93               # exit
    ecall

.section crash, "ax"
    ld a0, 0(zero)
    li a0, 0
    li a7, 93
    ecall

.section calls, "ax"
    li s0, TABLE
    addi s1, sp, -SCRATCH
    li s2, -1
1:  ld a7, 0(s0)
    beq a7, s2, 2f
    mv a0, s2
    mv a1, s2
    mv a2, s2
    mv a3, s2
    mv a4, s2
    mv a5, s2
    ecall
    sd a0, 0(s1)
    addi s0, s0, 8
    addi s1, s1, 8
    j 1b
2:  li a0, 1
    addi a1, sp, -SCRATCH
    sub a2, s1, a1
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall

.section spin, "ax"
    li t1, TABLE
    ld t2, 0(t1)
    li t0, 0
1:  slli t3, t0, 2
    add t0, t0, t3
    add t0, t0, t2
    sd t0, -16(sp)
    jal ra, 3f
    addi t2, t2, -1
    bnez t2, 1b
    li a0, 0
    li a7, 93
    ecall
3:  ld t3, -16(sp)
    srli t3, t3, 3
    xor t0, t0, t3
    ret
